import { expect } from 'chai';
import { reachable } from '../../../src/infra/identity/db.ts';
import { DependencyDown } from '../../../src/commands/ports.ts';
import { passwordPool, type PasswordPool } from '../../../src/infra/identity/password-pool.ts';
import { DEFAULT_COST, passwordsBy } from '../../../src/infra/identity/passwords.ts';
import { granted, identityAt, PASSWORD, place, someone, standingClock, testPasswords, type Place } from '../../support/identity.ts';

describe('Identity: login', () => {
  let here: Place;
  before(async () => void (here = await place()));
  after(() => here.close());

  it('gives tokens that say who came', async () => {
    const user = await someone(here.pool, { roles: ['server', 'host'], locationIds: ['l1'], terminalId: 'till-1' });
    const { identity, observed } = await identityAt(here, standingClock());
    const tokens = granted(await identity.login(user.email, PASSWORD));
    expect(tokens).to.include({ token_type: 'Bearer', expires_in: 3600 });
    expect(await identity.verify(tokens.access_token)).to.deep.include({
      userId: user.id,
      name: 'Ada Cook',
      roles: ['server', 'host'],
      locationIds: ['l1'],
      terminalId: 'till-1',
    });
    expect(observed).to.deep.include({ attempts: ['success'], issued: 1 });
    expect(observed.trail.map(({ type }) => type)).to.deep.equal(['AccountLoggedIn']);
  });

  it('takes the e-mail address in any case', async () => {
    const user = await someone(here.pool);
    const { identity } = await identityAt(here, standingClock());
    expect(await identity.login(` ${user.email.toUpperCase()} `, PASSWORD)).to.have.property('access_token');
  });

  it('refuses a wrong password and an unknown address alike', async () => {
    const user = await someone(here.pool);
    const { identity, observed } = await identityAt(here, standingClock());
    const wrong = await identity.login(user.email, 'something else');
    const unknown = await identity.login('nobody@brigade.test', PASSWORD);
    expect(wrong).to.deep.equal({ refused: 'invalid-credentials', retryAfterSeconds: null });
    expect(unknown).to.deep.equal(wrong);
    expect(observed.attempts).to.deep.equal(['invalid-credentials', 'invalid-credentials']);
  });

  it('hashes for an unknown address as it does for a known one', async () => {
    const user = await someone(here.pool);
    const hashed: (string | null)[] = [];
    const passwords: PasswordPool = {
      ...testPasswords,
      matches: (hash, password) => {
        hashed.push(hash);
        return testPasswords.matches(hash, password);
      },
    };
    const { identity } = await identityAt(here, standingClock(), { passwords });
    await identity.login(user.email, 'something else');
    await identity.login('nobody-else@brigade.test', 'something else');
    expect(hashed).to.deep.equal([user.passwordHash, null]);
  });

  it('hashes where there is no hash to compare with', async () => {
    let derived = 0;
    const passwords = passwordsBy(async (...task) => {
      derived += 1;
      return new Uint8Array(task[2].tagLength);
    }, DEFAULT_COST);
    expect(await passwords.matches(null, 'something')).to.equal(false);
    expect(await passwords.matches('no hash at all', 'something')).to.equal(false);
    expect(derived).to.equal(2);
  });

  it('tells that an account is disabled to the one who knows its password', async () => {
    const user = await someone(here.pool);
    await here.pool.query('update users set disabled_at = now() where id = $1', [user.id]);
    const { identity } = await identityAt(here, standingClock());
    expect(await identity.login(user.email, PASSWORD)).to.have.property('refused', 'account-disabled');
    expect(await identity.login(user.email, 'something else')).to.have.property('refused', 'invalid-credentials');
  });

  it('refuses more waiting logins than it has room for', async () => {
    const user = await someone(here.pool);
    const { identity } = await identityAt(here, standingClock(), {
      passwords: passwordPool({ threads: 1, waiting: 1, cost: DEFAULT_COST, isBreached: async () => false }),
    });
    const answers = await Promise.all(Array.from({ length: 8 }, () => identity.login(user.email, PASSWORD)));
    const overloaded = answers.filter((answer) => 'refused' in answer && answer.refused === 'login-overloaded');
    expect(answers.length - overloaded.length).to.be.within(2, 3);
    expect(overloaded[0]).to.have.property('retryAfterSeconds', 1);
  });

  it('says that the database is away, not that the password is wrong', async () => {
    const away = { query: () => Promise.reject(new Error('connect ECONNREFUSED')) };
    const { identity } = await identityAt(here, standingClock(), { db: reachable(away) });
    const error = await identity.login('a@brigade.test', PASSWORD).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(DependencyDown);
  });
});

describe('Identity: lockout', () => {
  let here: Place;
  before(async () => void (here = await place()));
  after(() => here.close());

  const failTimes = async (login: (email: string, password: string) => Promise<unknown>, email: string, times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await login(email, `wrong ${n}`);
  };

  it('locks after the configured attempts, for the configured time', async () => {
    const user = await someone(here.pool);
    const clock = standingClock();
    const { identity } = await identityAt(here, clock);
    await failTimes(identity.login, user.email, 3);
    clock.pass(60);
    expect(await identity.login(user.email, PASSWORD)).to.deep.equal({ refused: 'account-locked', retryAfterSeconds: 840 });
    clock.pass(841);
    expect(await identity.login(user.email, PASSWORD)).to.have.property('access_token');
  });

  it('locks an address nobody has in the same way', async () => {
    const { identity } = await identityAt(here, standingClock());
    await failTimes(identity.login, 'ghost@brigade.test', 3);
    expect(await identity.login('ghost@brigade.test', PASSWORD)).to.deep.equal({ refused: 'account-locked', retryAfterSeconds: 900 });
  });

  it('starts to count anew after a success', async () => {
    const user = await someone(here.pool);
    const { identity } = await identityAt(here, standingClock());
    await failTimes(identity.login, user.email, 2);
    granted(await identity.login(user.email, PASSWORD));
    await failTimes(identity.login, user.email, 2);
    granted(await identity.login(user.email, PASSWORD));
  });

  it('lets guesses sent all at once no further than guesses in a row', async () => {
    const user = await someone(here.pool);
    const { identity, observed } = await identityAt(here, standingClock());
    await Promise.all(Array.from({ length: 12 }, (_, n) => identity.login(user.email, `wrong ${n}`)));
    expect(observed.attempts.filter((outcome) => outcome === 'invalid-credentials').length).to.be.within(3, 4);
    expect(await identity.login(user.email, PASSWORD)).to.have.property('refused', 'account-locked');
  });

  it('does not end the sessions of the one who is locked out', async () => {
    const user = await someone(here.pool);
    const { identity } = await identityAt(here, standingClock());
    const tokens = granted(await identity.login(user.email, PASSWORD));
    await failTimes(identity.login, user.email, 3);
    expect(await identity.verify(tokens.access_token)).to.have.property('userId', user.id);
    granted(await identity.refresh(tokens.refresh_token));
  });
});
