import { expect } from 'chai';
import type { Principal, RateVerdict } from '../../../src/http/ports.ts';
import { readConfig } from '../../../src/infra/config.ts';
import { memoryBuckets } from '../../../src/infra/rate-limits/memory-buckets.ts';
import { rateLimits } from '../../../src/infra/rate-limits/rate-limits.ts';
import { DependencyDown } from '../../../src/commands/ports.ts';

const person = (userId: string, roles: readonly string[]): Principal => ({
  userId,
  name: 'Ada',
  roles,
  locationIds: null,
  terminalId: null,
});
const limitsOf = (...table: readonly string[]) => {
  const buckets = memoryBuckets(() => 0);
  return rateLimits({ table, shared: buckets, local: buckets });
};
const request = (method: string, path: string, address = '192.0.2.1') => ({ method, path, address });
const granted = (verdict: unknown): boolean | null => (verdict as RateVerdict | null)?.granted ?? null;

describe('The table of rate limits', () => {
  it('limits an endpoint for each address', () => {
    const limits = limitsOf('login address anyone POST /api/v1/auth/login 1 0.5');
    expect(granted(limits.arriving(request('POST', '/api/v1/auth/login')))).to.equal(true);
    expect(limits.arriving(request('POST', '/api/v1/auth/login'))).to.deep.equal({
      rule: 'login',
      granted: false,
      policy: '"login";q=1;w=2',
      remaining: 0,
      resetSeconds: 2,
    });
    expect(granted(limits.arriving(request('POST', '/api/v1/auth/login', '192.0.2.2')))).to.equal(true);
    expect(granted(limits.arriving(request('GET', '/api/v1/auth/login')))).to.equal(null);
    expect(granted(limits.arriving(request('POST', '/api/v1/auth/login-elsewhere')))).to.equal(null);
  });

  it('knows an endpoint however its address is written', () => {
    const limits = limitsOf('login address anyone POST /api/v1/auth/login 1 0.5', 'user user anyone * /api/v1/* 1 1');
    expect(granted(limits.arriving(request('POST', '/api/v1/auth/login')))).to.equal(true);
    for (const path of [
      '/api/v1/auth/login/',
      '/API/v1/Auth/LOGIN',
      '/api/v1/%61uth/login',
      '/api/v1//auth/login//',
      '/api/%761/auth/login',
    ])
      expect(granted(limits.arriving(request('POST', path))), path).to.equal(false);
    expect(granted(limits.known(request('GET', '/api/%761/orders'), person('ada', ['cook'])))).to.equal(true);
    expect(granted(limits.known(request('GET', '/API/v1/orders'), person('ada', ['cook'])))).to.equal(false);
    expect(granted(limits.arriving(request('POST', '/api/v1/auth/%zz')))).to.equal(null);
    const reports = limitsOf('reports everyone anyone GET /api/v1/reports/* 1 1');
    expect(granted(reports.arriving(request('HEAD', '/api/v1/reports/sales')))).to.equal(true);
    expect(granted(reports.arriving(request('GET', '/api/v1/reports/sales')))).to.equal(false);
  });

  it('limits a user, whatever address he comes from', () => {
    const limits = limitsOf('user user anyone * /api/v1/* 1 1');
    const ada = person('ada', ['cook']);
    expect(limits.arriving(request('GET', '/api/v1/orders'))).to.equal(null);
    expect(granted(limits.known(request('GET', '/api/v1/orders'), ada))).to.equal(true);
    expect(granted(limits.known(request('GET', '/api/v1/menu', '198.51.100.7'), ada))).to.equal(false);
    expect(granted(limits.known(request('GET', '/api/v1/menu'), person('bob', ['cook'])))).to.equal(true);
  });

  it('limits all of a role together, and nobody else', () => {
    const limits = limitsOf('analysts role analyst GET /api/v1/* 1 1');
    expect(granted(limits.known(request('GET', '/api/v1/orders'), person('ada', ['analyst', 'server'])))).to.equal(true);
    expect(granted(limits.known(request('GET', '/api/v1/orders'), person('bob', ['analyst'])))).to.equal(false);
    expect(limits.known(request('GET', '/api/v1/orders'), person('eve', ['terminal']))).to.equal(null);
  });

  it('limits an endpoint for everyone together', () => {
    const limits = limitsOf('exports everyone anyone GET /api/v1/audit/export 1 1');
    expect(granted(limits.arriving(request('GET', '/api/v1/audit/export')))).to.equal(true);
    expect(granted(limits.arriving(request('GET', '/api/v1/audit/export', '198.51.100.7')))).to.equal(false);
  });

  it('lets nothing through where its buckets are away, but answers those who ask whether we live', () => {
    const away = {
      take: () => {
        throw new DependencyDown('rate limits', new Error('away'));
      },
    };
    const limits = rateLimits({ table: ['all address anyone * /* 9 9'], shared: away, local: memoryBuckets(() => 0) });
    expect(() => limits.arriving(request('GET', '/api/v1/orders'))).to.throw(DependencyDown);
    expect(granted(limits.arriving(request('GET', '/health/live')))).to.equal(true);
  });

  it('as it comes does not slow a thousand terminals behind one address, nor an import, and is tight for logins', () => {
    const { table } = readConfig({}).rateLimits;
    let now = 0;
    const buckets = memoryBuckets(() => now);
    const limits = rateLimits({ table, shared: buckets, local: buckets });
    const pos = person('the one user of all terminals', ['terminal']);
    let refused = 0;
    for (let second = 0; second < 10; second++) {
      for (let n = 0; n < 5000; n++) {
        now = second * 1000 + n / 5;
        const command = request('POST', '/api/v1/orders/x/lines');
        if (granted(limits.arriving(command)) === false || granted(limits.known(command, pos)) === false) refused++;
      }
    }
    expect(refused).to.equal(0);
    const logins = Array.from({ length: 200 }, () => granted(limits.arriving(request('POST', '/api/v1/auth/login', '192.0.2.9'))));
    expect(logins.filter(Boolean)).to.have.length(60);
  });

  it('is refused where a line is not understood, or a name stands twice', () => {
    const refusal = (value: string) => {
      try {
        readConfig({ APP_RATE_LIMITS__TABLE: value });
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    for (const line of [
      'login',
      'a address anyone * /* 0 1',
      'a address anyone * /* 1 0',
      'a planet anyone * /* 1 1',
      'a user anyone * x 1 1',
    ]) {
      expect(refusal(line), line).to.match(/^APP_RATE_LIMITS__TABLE: must be lines such as/);
    }
    expect(refusal('a user anyone * /* 1 1, a user anyone * /x 1 1')).to.equal('APP_RATE_LIMITS__TABLE: a stands there twice');
    expect(refusal('a user anyone * /* 1 0.5')).to.equal('');
  });
});
