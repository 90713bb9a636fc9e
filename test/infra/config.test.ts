import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { ConfigRefused, readConfig } from '../../src/infra/config.ts';

const refusal = (run: () => unknown): readonly string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigRefused) return error.problems;
    throw error;
  }
  throw new Error('Nothing was refused');
};

const refused = (env: { readonly [name: string]: string }): readonly string[] => refusal(() => readConfig(env));

describe('Config', () => {
  it('has a default for everything', () => {
    const config = readConfig({}, { cwd: '/srv/kitchen' });
    expect(config.server.port).to.equal(3000);
    expect(config.roles).to.deep.equal(['api', 'projector', 'worker', 'live']);
    expect(config.data.dir).to.equal('/srv/kitchen/.brigade');
    expect(config.database.url).to.equal(null);
    expect(config.observability.metrics.prometheusEndpoint).to.equal('0.0.0.0:9090');
  });

  it('takes numbers, lists, truths and nothings from the environment', () => {
    const config = readConfig({
      APP_SERVER__PORT: '8080',
      APP_ROLES: 'api, live',
      APP_DATABASE__ALLOW_UNSAFE: 'true',
      APP_AUTH__JWT_EXPIRATION_HOURS: '0.5',
      APP_OBSERVABILITY__METRICS__PROMETHEUS_ENDPOINT: '',
      APP_DATABASE__URL: 'postgres://owner@db/brigade',
      APP_SERVER__ALLOWED_ORIGINS: '',
    });
    expect(config.server.port).to.equal(8080);
    expect(config.roles).to.deep.equal(['api', 'live']);
    expect(config.database.allowUnsafe).to.equal(true);
    expect(config.auth.jwtExpirationHours).to.equal(0.5);
    expect(config.observability.metrics.prometheusEndpoint).to.equal(null);
    expect(config.database.url).to.equal('postgres://owner@db/brigade');
    expect(config.server.allowedOrigins).to.deep.equal([]);
  });

  it("leaves other programs' variables alone", () => {
    expect(readConfig({ PATH: '/bin', APPDATA: 'x', MY_APP_SERVER__PORT: '1' }).server.port).to.equal(3000);
  });

  it('is frozen to its depth', () => {
    const config = readConfig({});
    expect(config).to.be.frozen;
    expect(config.observability.metrics).to.be.frozen;
    expect(config.roles).to.be.frozen;
  });

  describe('refuses', () => {
    it('an unknown variable, and says which was meant', () => {
      expect(refused({ APP_SERVER__PRTO: '1' })).to.deep.equal(['APP_SERVER__PRTO: unknown setting; did you mean APP_SERVER__PORT?']);
    });

    it('an unknown variable like none it knows', () => {
      expect(refused({ APP_COFFEE__STRENGTH: '1' })).to.deep.equal(['APP_COFFEE__STRENGTH: unknown setting']);
    });

    it('heads by mail where no mail can be sent', () => {
      const heads = { APP_AUDIT__HEADS_MAIL: 'auditor@example.com, owner@example.com' };
      expect(refused(heads)).to.deep.equal(['APP_AUDIT__HEADS_MAIL: needs a server to send mail through, in APP_SMTP__URL']);
      const { audit } = readConfig({ ...heads, APP_SMTP__URL: 'smtp://localhost' });
      expect(audit.headsMail).to.deep.equal(['auditor@example.com', 'owner@example.com']);
      expect(refused({ APP_AUDIT__HEADS_MAIL: 'nobody' })).to.deep.equal(['APP_AUDIT__HEADS_MAIL: must be e-mail addresses']);
    });

    it('a section as if it were a setting', () => {
      expect(refused({ APP_SERVER: '1' })[0]).to.match(/^APP_SERVER: unknown setting/);
    });

    for (const [name, value, problem] of [
      ['APP_SERVER__PORT', 'http', 'must be integer'],
      ['APP_SERVER__PORT', '', 'must be integer'],
      ['APP_SERVER__PORT', '65536', 'must be <= 65535'],
      ['APP_SERVER__HOST', '', 'must be a text that is not empty'],
      ['APP_ROLES', 'api,cook', 'must be one of api, projector, worker, live'],
      ['APP_ROLES', 'api,api', 'must not have duplicate items'],
      ['APP_ROLES', '', 'must be one of api, projector, worker, live'],
      ['APP_DATABASE__ALLOW_UNSAFE', 'yes', 'must be true or false'],
      ['APP_DATABASE__URL', 'mysql://db', 'must be postgres://owner:password@host/database'],
      ['APP_DATABASE__MIN_CONNECTIONS', '21', 'must not be more than database.max_connections'],
      ['APP_EVENTSTORE__CHANNELS', '0', 'must be a whole number from 1 to 64'],
      ['APP_LOGGING__LEVEL', 'loud', 'must be one of trace, debug, info, warn, error, fatal, silent'],
      ['APP_BOOTSTRAP__TIME_ZONE', 'Mars/Olympus', 'must be an IANA time zone such as Europe/Lisbon'],
      ['APP_BOOTSTRAP__OWNER_PASSWORD', 'secret', 'must be 12 to 128 characters'],
    ] as const) {
      it(`${name}=${value}`, () => expect(refused({ [name]: value })).to.deep.equal([`${name}: ${problem}`]));
    }

    it('everything that is wrong at once', () => {
      expect(refused({ APP_SERVER__PORT: 'x', APP_LIVE__HEARTBEAT_SECS: '0', APP_X: 'x' })).to.have.length(3);
    });
  });

  describe('from files', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'brigade-config-'));
    const defaults = path.join(import.meta.dirname, '..', '..', 'config', 'default.yaml');
    const shipped = (yaml: string, env = 'kitchen') => {
      writeFileSync(path.join(folder, `${env}.yaml`), yaml);
      return readConfig({ APP_ENV: env, APP_LOGGING__LEVEL: 'warn' }, { folder });
    };
    before(() => copyFileSync(defaults, path.join(folder, 'default.yaml')));
    after(() => rmSync(folder, { recursive: true }));

    it('the chosen file goes over the defaults, and the environment over both', () => {
      const config = shipped('server:\n  port: 80\nlogging:\n  level: debug\n');
      expect([config.server.port, config.server.host, config.logging.level]).to.deep.equal([80, '0.0.0.0', 'warn']);
    });

    it('does without the chosen file', () => {
      expect(readConfig({ APP_ENV: 'nowhere' }, { folder }).server.port).to.equal(3000);
    });

    it('an empty section or file says nothing', () => {
      expect(shipped('server:\n').server.port).to.equal(3000);
      expect(shipped('').server.port).to.equal(3000);
    });

    it('refuses an unknown key, with the file and the one meant', () => {
      const [problem] = refusal(() => shipped('database:\n  max_conections: 3\n'));
      expect(problem).to.equal(
        `database.max_conections (${path.join(folder, 'kitchen.yaml')}): unknown setting; did you mean database.max_connections?`,
      );
    });

    it('refuses a wrong type', () => {
      expect(refusal(() => shipped('server:\n  port: "80"\n'))[0]).to.match(/^server\.port \(.*kitchen\.yaml\): must be integer$/);
    });

    it('refuses what is no YAML', () => {
      expect(refusal(() => shipped('server: [\n'))[0]).to.match(/kitchen\.yaml: /);
    });

    it('refuses a name that leads out of the folder', () => {
      expect(refused({ APP_ENV: '../secrets' })[0]).to.match(/^APP_ENV: /);
    });

    it('refuses defaults that lack a setting', () => {
      const problems = refusal(() => readConfig({}, { folder: path.join(folder, 'empty') }));
      expect(problems).to.include(`server.port: is missing from ${path.join(folder, 'empty', 'default.yaml')}`);
    });
  });
});
