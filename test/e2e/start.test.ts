import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { connect } from '../../src/client/api.ts';
import { programEnv, removeProgram, startProgram, type Program } from '../support/program.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** A start that is expected to fail. */
const failingStart = async (
  dataDir: string,
  env: { readonly [name: string]: string } = {},
): Promise<{ readonly code: number | null; readonly said: string }> => {
  const child = spawn(process.execPath, [MAIN], { env: programEnv(dataDir, { env }), stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = await once(child, 'exit');
  return { code: code as number | null, said };
};

describe('Starting and stopping the program', function () {
  this.timeout(120_000);
  let program: Program;
  before(async () => (program = await startProgram()));
  after(() => removeProgram(program));

  const login = () => ({ url: program.baseUrl, ...program.owner });
  const table = { tableId: '01939f3a-1000-7000-8000-000000000002', name: '7', seats: 4 };

  it('is ready, and says where everything is', async () => {
    const answers = await Promise.all(
      ['/health/live', '/health/ready', '/kds', '/pos', '/docs', '/api/v1/openapi.json', '/.well-known/jwks.json'].map((path) =>
        fetch(program.baseUrl + path),
      ),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200, 200, 200]);
    expect(await (await fetch(program.metricsUrl)).text()).to.include('http_requests_total');
    expect(program.said()).to.include(program.owner.email);
  });

  it('refuses a second start on the same data folder, and says so', async () => {
    const { code, said } = await failingStart(program.dataDir);
    expect(code).to.equal(1);
    expect(said)
      .to.include(program.dataDir)
      .and.match(/already/);
  });

  it('refuses a setting it does not know, by its name', async () => {
    const { code, said } = await failingStart(join(tmpdir(), 'never-made'), { APP_SERVER__PRTO: '3000' });
    expect(code).to.equal(1);
    expect(said).to.include('APP_SERVER__PRTO').and.include('did you mean APP_SERVER__PORT?');
  });

  it('refuses a port that is taken, by its number', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'brigade-test-'));
    const { port } = new URL(program.baseUrl);
    const { code, said } = await failingStart(folder, { APP_SERVER__PORT: port });
    await rm(folder, { recursive: true, force: true });
    expect(code).to.equal(1);
    expect(said).to.include(`127.0.0.1:${port}`).and.include('APP_SERVER__PORT');
  });

  it('has after kill -9 what it acknowledged before, and gives the same answer to the same key', async () => {
    const first = await (await connect(login())).send<{ readonly position: number }>('POST', 'tables', table, 'one-table');
    await program.kill();
    program = await startProgram({ dataDir: program.dataDir });
    const api = await connect(login());
    expect(await api.send('POST', 'tables', table, 'one-table')).to.deep.equal(first);
    const { items } = await api.get<{ readonly items: readonly { readonly name: string }[] }>('tables', first.position);
    expect(items.map(({ name }) => name)).to.deep.equal(['7']);
  });

  it('drains when it is told to stop, and starts again on what it left', async () => {
    expect(await program.stop()).to.equal(0);
    program = await startProgram({ dataDir: program.dataDir });
    const { items } = await (await connect(login())).get<{ readonly items: readonly unknown[] }>('tables');
    expect(items).to.have.length(1);
  });
});
