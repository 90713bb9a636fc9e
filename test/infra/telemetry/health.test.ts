import { expect } from 'chai';
import { healthOf, type HealthNeeds } from '../../../src/infra/telemetry/health.ts';

const orders = { name: 'orders', version: 2, position: 40, lagEvents: 2, parkedStreams: 0 };
const fails = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED'));
const never = (): Promise<never> => new Promise(() => undefined);

const health = (changes: Partial<HealthNeeds> = {}) =>
  healthOf({
    database: () => Promise.resolve(),
    eventLog: () => Promise.resolve(42),
    redis: null,
    keyStore: () => Promise.resolve(),
    projections: () => Promise.resolve([orders]),
    draining: () => false,
    timeoutMs: 20,
    ...changes,
  });

describe('Health', () => {
  it('reports each dependency and each projection', async () => {
    const report = await health().report();
    expect(report).to.deep.include({ status: 'up', logPosition: 42, projections: [orders] });
    expect(report.dependencies.map(({ name, status }) => [name, status])).to.deep.equal([
      ['database', 'up'],
      ['event log', 'up'],
      ['key store', 'up'],
      ['read models', 'up'],
    ]);
    expect(report.dependencies[0]?.latencyMs).to.be.a('number');
  });

  it('is down without the database or the log, and says why', async () => {
    const { status, dependencies } = await health({ database: fails }).report();
    expect(status).to.equal('down');
    expect(dependencies[0]).to.deep.equal({ name: 'database', status: 'down', detail: 'connect ECONNREFUSED', latencyMs: null });
    expect(await health({ eventLog: fails }).report()).to.include({ status: 'down', logPosition: 0 });
  });

  it('is degraded without Redis, without the key store, without the read models, or with streams put aside', async () => {
    const parked = () => Promise.resolve([{ ...orders, parkedStreams: 1 }]);
    for (const changes of [{ redis: fails }, { keyStore: fails }, { projections: fails }, { projections: parked }]) {
      expect(await health(changes).report()).to.have.property('status', 'degraded');
    }
    expect(await health({ redis: () => Promise.resolve('PONG') }).report()).to.have.property('status', 'up');
  });

  it('does not wait for what does not answer', async () => {
    const { status, dependencies } = await health({ eventLog: never }).report();
    expect(status).to.equal('down');
    expect(dependencies[1]?.detail).to.equal('no answer within 20 ms');
  });

  it('is ready while database and log answer, and not once it drains', async () => {
    expect(await health({ redis: fails }).ready()).to.equal(true);
    expect(await health({ database: fails }).ready()).to.equal(false);
    expect(await health({ eventLog: fails }).ready()).to.equal(false);
    expect(await health({ draining: () => true }).ready()).to.equal(false);
  });

  it('asks once for all who ask at the same time, and anew for the next', async () => {
    let asked = 0;
    const database = (): Promise<void> => Promise.resolve(void (asked += 1));
    const { ready } = health({ database });
    await Promise.all([ready(), ready(), ready()]);
    expect(asked).to.equal(1);
    await ready();
    expect(asked).to.equal(2);
  });
});
