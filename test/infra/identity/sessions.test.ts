import { expect } from 'chai';
import type { TokenPair } from '../../../src/http/ports.ts';
import { setPassword } from '../../../src/infra/identity/users.ts';
import { granted, identityAt, PASSWORD, place, someone, standingClock, type Place } from '../../support/identity.ts';

const REFUSED = { refused: 'invalid-refresh-token' };

describe('Identity: refresh tokens', () => {
  let here: Place;
  before(async () => void (here = await place()));
  after(() => here.close());

  const signedIn = async () => {
    const clock = standingClock();
    const user = await someone(here.pool);
    const { identity, observed } = await identityAt(here, clock);
    return { clock, user, identity, observed, tokens: granted(await identity.login(user.email, PASSWORD)) };
  };

  it('exchanges a token for a new pair, once', async () => {
    const { identity, clock, tokens, user, observed } = await signedIn();
    const next = granted(await identity.refresh(tokens.refresh_token));
    expect(next.refresh_token).to.not.equal(tokens.refresh_token);
    expect(await identity.verify(next.access_token)).to.have.property('userId', user.id);
    expect(observed.issued).to.equal(2);
    clock.pass(11);
    expect(await identity.refresh(tokens.refresh_token)).to.deep.equal(REFUSED);
  });

  it('keeps no token, only hashes', async () => {
    const { tokens, user } = await signedIn();
    const { rows } = await here.pool.query('select * from sessions where user_id = $1', [user.id]);
    const kept = JSON.stringify(rows);
    const secret = Buffer.from(tokens.refresh_token, 'base64url').subarray(16);
    expect(rows).to.have.length(1);
    expect(kept).to.not.include(JSON.stringify([...secret]).slice(1, -1));
    expect(kept).to.not.include(tokens.refresh_token);
  });

  it('ends the whole family when a token comes a second time', async () => {
    const { identity, clock, tokens } = await signedIn();
    const second = granted(await identity.refresh(tokens.refresh_token));
    const third = granted(await identity.refresh(second.refresh_token));
    clock.pass(11);
    expect(await identity.refresh(second.refresh_token)).to.deep.equal(REFUSED);
    expect(await identity.refresh(third.refresh_token)).to.deep.equal(REFUSED);
  });

  it('ends the family at once when the token is older than the one before', async () => {
    const { identity, tokens } = await signedIn();
    const second = granted(await identity.refresh(tokens.refresh_token));
    const third = granted(await identity.refresh(second.refresh_token));
    expect(await identity.refresh(tokens.refresh_token)).to.deep.equal(REFUSED);
    expect(await identity.refresh(third.refresh_token)).to.deep.equal(REFUSED);
  });

  it('gives the same successor to a sender who lost the answer', async () => {
    const { identity, clock, tokens } = await signedIn();
    const lost = granted(await identity.refresh(tokens.refresh_token));
    clock.pass(9);
    const again = granted(await identity.refresh(tokens.refresh_token));
    expect(again.refresh_token).to.equal(lost.refresh_token);
    granted(await identity.refresh(again.refresh_token));
  });

  it('leaves one child of 20 exchanges at once, and it is good', async () => {
    const { identity, clock, tokens, user } = await signedIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => identity.refresh(tokens.refresh_token)));
    const children = new Set(answers.map((answer) => granted(answer).refresh_token));
    expect(children.size).to.equal(1);
    const { rows } = await here.pool.query('select id from sessions where user_id = $1 and ended_at is null', [user.id]);
    expect(rows).to.have.length(1);
    clock.pass(60);
    const [child] = children;
    granted(await identity.refresh(child ?? ''));
  });

  it('ends the family for good, also against exchanges at the same moment', async () => {
    const { identity, clock, tokens, user } = await signedIn();
    const second = granted(await identity.refresh(tokens.refresh_token));
    clock.pass(60);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => identity.refresh(n % 2 === 0 ? second.refresh_token : tokens.refresh_token)),
    );
    const given = answers.filter((answer): answer is TokenPair => 'refresh_token' in answer);
    for (const { refresh_token: token } of given) expect(await identity.refresh(token)).to.deep.equal(REFUSED);
    const { rowCount } = await here.pool.query('select from sessions where user_id = $1 and ended_at is null', [user.id]);
    expect(rowCount).to.equal(0);
  });

  it('keeps the families of one user apart', async () => {
    const { identity, clock, tokens, user } = await signedIn();
    const other = granted(await identity.login(user.email, PASSWORD));
    granted(await identity.refresh(tokens.refresh_token));
    clock.pass(11);
    expect(await identity.refresh(tokens.refresh_token)).to.deep.equal(REFUSED);
    granted(await identity.refresh(other.refresh_token));
  });

  it('lives as long as it is used, and not longer', async () => {
    const { identity, clock, tokens } = await signedIn();
    const day = 24 * 3600;
    clock.pass(29 * day);
    const second = granted(await identity.refresh(tokens.refresh_token));
    clock.pass(29 * day);
    const third = granted(await identity.refresh(second.refresh_token));
    clock.pass(30 * day);
    expect(await identity.refresh(third.refresh_token)).to.deep.equal(REFUSED);
  });

  it('ends for good some day, however much it is used, but a terminal’s with the terminal alone', async () => {
    const day = 24 * 3600;
    const usedFor = async (method: 'password' | 'terminal'): Promise<number> => {
      const { identity, clock, tokens, user } = await signedIn();
      await here.pool.query('update sessions set method = $2 where user_id = $1', [user.id, method]);
      let [token, days] = [tokens.refresh_token, 0];
      for (; days < 200; days += 20) {
        clock.pass(20 * day);
        const answer = await identity.refresh(token);
        if ('refused' in answer) break;
        token = answer.refresh_token;
      }
      return days;
    };
    expect([await usedFor('password'), await usedFor('terminal')]).to.deep.equal([80, 200]);
  });

  it('ends with the logout', async () => {
    const { identity, tokens } = await signedIn();
    await identity.logout(tokens.refresh_token);
    expect(await identity.refresh(tokens.refresh_token)).to.deep.equal(REFUSED);
  });

  it('ends with the user, and with his password', async () => {
    const gone = await signedIn();
    await here.pool.query('update users set disabled_at = now() where id = $1', [gone.user.id]);
    expect(await gone.identity.refresh(gone.tokens.refresh_token)).to.deep.equal(REFUSED);
    const changed = await signedIn();
    await setPassword(here.pool, changed.user.id, changed.user.passwordHash);
    expect(await changed.identity.refresh(changed.tokens.refresh_token)).to.deep.equal(REFUSED);
    expect(await changed.identity.verify(changed.tokens.access_token)).to.equal(null);
  });

  it('refuses what is no refresh token', async () => {
    const { identity, tokens } = await signedIn();
    for (const token of ['', 'x'.repeat(64), '\0', tokens.access_token, 'é'.repeat(64)]) {
      expect(await identity.refresh(token)).to.deep.equal(REFUSED);
      await identity.logout(token);
    }
  });
});
