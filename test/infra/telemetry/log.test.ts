import { expect } from 'chai';
import { openLog, type LogOptions } from '../../../src/infra/telemetry/log.ts';

type Line = { readonly [name: string]: unknown };

const written = (level: LogOptions['level'] = 'info') => {
  const lines: string[] = [];
  const log = openLog({ level, destination: { write: (line) => void lines.push(line) } });
  return { log, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1) ?? '') as Line };
};

describe('The log', () => {
  it('writes a JSON object a line: time, level, service, fields, message', () => {
    const { log, last } = written();
    log.info({ route: '/orders', status: 200 }, 'request');
    const { time, pid, ...rest } = last();
    expect(rest).to.deep.equal({ level: 'info', service: 'brigade', route: '/orders', status: 200, msg: 'request' });
    expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(pid).to.equal(process.pid);
  });

  it('writes nothing under its level', () => {
    const { log, text } = written('warn');
    log.info({}, 'not wanted');
    expect(text()).to.equal('');
  });

  it('gives its children what they say with every line', () => {
    const { log, last } = written();
    log.child({ correlationId: 'c-1' }).warn({ n: 1 }, 'slow');
    expect(last()).to.include({ correlationId: 'c-1', n: 1, level: 'warn' });
  });

  it('hides what has a secret’s name, at any depth', () => {
    const { log, text, last } = written();
    const secret = 'hunter2';
    log.info(
      {
        password: secret,
        request: {
          headers: { authorization: secret, cookie: secret, accept: 'json' },
          body: [{ access_token: secret, refreshToken: secret }],
        },
        newPassword: secret,
        ticket: secret,
        clientSecret: secret,
        token_type: 'Bearer',
        tokenVersion: 3,
        ticketId: 'o1.1',
      },
      'login',
    );
    expect(text()).to.not.include(secret);
    log.info({ request: { headers: { accept: 'json' } }, token_type: 'Bearer', tokenVersion: 3, ticketId: 'o1.1' }, 'kept');
    expect(last()).to.deep.include({ request: { headers: { accept: 'json' } }, token_type: 'Bearer', tokenVersion: 3, ticketId: 'o1.1' });
  });

  it('hides tokens and passwords of connection strings wherever they stand', () => {
    const { log, text } = written();
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln_bmF0dXJl-A';
    log.error({ err: new Error(`no answer from postgres://owner:hunter2@db:5432/brigade?x=1`) }, `sent ${token} to redis://:hunter2@cache`);
    expect(text()).to.not.match(/hunter2|eyJ|c2ln/);
    expect(text()).to.include('postgres://owner:[redacted]@db:5432/brigade').and.to.include('redis://:[redacted]@cache');
  });

  it('leaves addresses and e-mails as they are', () => {
    const { log, last } = written();
    const said = 'http://localhost:3000/a:b, write to ada@brigade.test';
    log.info({ url: 'https://host:8080/x?y=z@w' }, said);
    expect(last()).to.include({ msg: said, url: 'https://host:8080/x?y=z@w' });
  });

  it('shows errors with their causes, and nothing a library hung on them', () => {
    const { log, last } = written();
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', config: { user: 'owner' } });
    for (const name of ['err', 'error']) {
      log.error({ [name]: new TypeError('no answer', { cause }) }, 'failed');
      const shown = last()[name] as Line;
      expect(shown).to.include({ type: 'TypeError', message: 'no answer' });
      expect(shown['stack']).to.be.a('string');
      expect(shown['cause']).to.include({ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' });
      expect(shown['cause']).to.not.have.property('config');
    }
    log.error(new Error('bare'));
    expect(last()).to.have.nested.property('err.message', 'bare');
  });

  it('survives what turns in circles', () => {
    const { log, last } = written();
    const circle: { self?: unknown } = {};
    circle.self = circle;
    log.info({ circle, at: new Date(0), bytes: Buffer.from('ab') }, 'round');
    expect(last()).to.include({ at: '1970-01-01T00:00:00.000Z', msg: 'round' });
  });
});
