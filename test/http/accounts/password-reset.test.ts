import { expect } from 'chai';
import { Client } from 'pg';
import { openMailbox, type Mailbox } from '../../infra/jobs/mailbox.ts';
import { loggedIn, newEmail, registered } from '../../support/people.ts';
import { testServer, type TestServer } from '../../support/server.ts';

const NEW_PASSWORD = 'nine quiet owls listen';

describe('Accounts: a forgotten password', () => {
  let server: TestServer;
  let mailbox: Mailbox;
  let database: Client;
  before(async () => {
    mailbox = await openMailbox();
    server = await testServer({
      APP_ROLES: 'api,worker,projector',
      APP_SMTP__URL: mailbox.url,
      APP_SERVER__PUBLIC_URL: 'https://pos.example.com',
      APP_AUTH__ARGON2_MEMORY_KIB: '8192',
    });
    database = new Client({ connectionString: server.databaseUrl });
    await database.connect();
  });
  after(async () => {
    await database.end();
    await server.close();
    await mailbox.close();
  });

  const forgot = (email: string) => server.nobody('POST', '/auth/password/forgot', { body: { email } });
  const reset = (token: string, password = NEW_PASSWORD) =>
    server.nobody('POST', '/auth/password/reset', { body: { token, new_password: password } });
  /** The token in the nth mail to this address. */
  const mailed = async (email: string, nth = 1): Promise<string> => {
    for (let count = 1; ; count++) {
      const mails = (await mailbox.has(count)).filter(({ to }) => to.includes(email));
      const token = /https:\/\/pos\.example\.com\/reset-password#([\w-]{43})\n/.exec(mails[nth - 1]?.text.replaceAll('=\n', '') ?? '')?.[1];
      if (token !== undefined) return token;
    }
  };

  it('is set anew by a link that is mailed, good once, and ends all sessions', async () => {
    const person = await registered(server);
    const asked = await forgot(` ${person.email.toUpperCase()} `);
    expect(asked.status).to.equal(202);
    const token = await mailed(person.email);
    expect((await reset(token, 'password1234')).body['code']).to.equal('password-common');
    const both = await Promise.all([reset(token), reset(token)]);
    expect(both.map(({ status }) => status)).to.have.members([204, 400]);
    expect((await reset(token)).body['code']).to.equal('reset-link-void');
    expect((await person.call('GET', '/users/me')).status).to.equal(401);
    await loggedIn(server, person.email, NEW_PASSWORD);
    const trail = await server.owner<{ items: { type: string }[] }>('GET', `/audit/events?stream=Account-${person.id}`);
    expect(trail.body.items.map(({ type }) => type)).to.include.members(['AccountPasswordResetRequested', 'AccountPasswordChanged']);
  });

  it('says the same of an address nobody has, and mails nothing', async () => {
    const person = await registered(server);
    const [unknown, known] = [await forgot(newEmail()), await forgot(person.email)];
    expect([unknown.status, unknown.body]).to.deep.equal([known.status, known.body]);
    await mailed(person.email);
    const { rows } = await database.query('select from password_resets');
    expect(mailbox.received.every(({ to }) => to.length === 1)).to.equal(true);
    expect(rows.length).to.be.lessThanOrEqual(mailbox.received.length);
  });

  it('keeps neither address nor token in the job, and no token in the clear anywhere', async () => {
    const person = await registered(server);
    await forgot(person.email);
    const token = await mailed(person.email);
    const jobs = await server.owner('GET', '/jobs?queue=account-mails');
    const outbox = await database.query('select * from outbox');
    const links = await database.query("select encode(token_hash, 'escape') from password_resets");
    for (const text of [JSON.stringify(jobs.body), JSON.stringify(outbox.rows), JSON.stringify(links.rows)])
      expect(text).to.not.include(person.email).and.to.not.include(token);
    expect(JSON.stringify(jobs.body)).to.include(person.id);
  });

  it('makes a former link void with a new one', async () => {
    const person = await registered(server);
    await forgot(person.email);
    const first = await mailed(person.email);
    await forgot(person.email);
    const second = await mailed(person.email, 2);
    expect((await reset(first)).status).to.equal(400);
    expect((await reset(second)).status).to.equal(204);
  });

  it('fills nobody’s mailbox', async () => {
    const person = await registered(server);
    for (let n = 0; n < 6; n++) expect((await forgot(person.email)).status).to.equal(202);
    const { rows } = await database.query("select from outbox where data ->> 'userId' = $1", [person.id]);
    expect(rows).to.have.length(3);
  });

  it('ends after half an hour, and with the account', async () => {
    const person = await registered(server);
    await forgot(person.email);
    const token = await mailed(person.email);
    await database.query("update password_resets set expires_at = now() - interval '1 second' where user_id = $1", [person.id]);
    expect((await reset(token)).status).to.equal(400);
    await forgot(person.email);
    const again = await mailed(person.email, 2);
    await database.query('update users set disabled_at = now() where id = $1', [person.id]);
    expect((await reset(again)).status).to.equal(400);
  });

  it('takes no token that is none', async () => {
    for (const token of ['x', '0'.repeat(43), "' or true --", '\0']) expect((await reset(token)).status, token).to.equal(400);
    expect((await server.nobody('POST', '/auth/password/forgot', { body: { email: ['a@b.c'] } })).status).to.equal(400);
  });
});

describe('Accounts: where no mail is sent', () => {
  let server: TestServer;
  before(async () => void (server = await testServer({ APP_ROLES: 'api,projector' })));
  after(() => server.close());

  it('says so', async () => {
    const { status, body } = await server.nobody('POST', '/auth/password/forgot', { body: { email: newEmail() } });
    expect([status, body['code']]).to.deep.equal([503, 'mail-not-configured']);
  });
});
