import { expect } from 'chai';
import { api, untilAnswered } from '../../web/shared/api.ts';
import { Refused, SignedOut, Unreachable } from '../../web/shared/failures.ts';
import { session, type Send, type Tokens } from '../../web/shared/session.ts';

type Sent = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body?: string };

const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', ...headers },
  });
const problem = (status: number, code: string, headers?: Record<string, string>) =>
  json(status, { title: 'No', status, code, detail: `Because ${code}.` }, headers);
const fresh = json.bind(null, 200, { access_token: 'new', refresh_token: 'refresh-2', token_type: 'Bearer', expires_in: 900 });

/** A server that answers as told, by path. */
const server = (answer: (sent: Sent) => Response | Promise<Response>, held: Tokens | null = { access: 'old', refresh: 'refresh-1' }) => {
  const sent: Sent[] = [];
  const written: (Tokens | null)[] = [];
  const send: Send = async (path, { method: _method, ...rest }) => {
    sent.push({ path, ...rest });
    return answer({ path, ...rest });
  };
  return { session: session(send, { read: () => held, write: (tokens) => void written.push(tokens) }), sent, written };
};
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (failure: unknown) => failure,
  );

describe('A session', () => {
  const old = ({ headers }: Sent) => headers['authorization'] === 'Bearer old';
  const expired = (sent: Sent): Response =>
    sent.path.endsWith('/refresh') ? fresh() : old(sent) ? problem(401, 'unauthenticated') : json(200, {});

  it('keeps the tokens it was given at login', async () => {
    const { session: signedIn, written } = server(() => fresh(), null);
    await signedIn.login('anna@example.com', 'secret');
    expect(written).to.deep.equal([{ access: 'new', refresh: 'refresh-2' }]);
  });
  it('says why a login was refused', async () => {
    const failure = await failureOf(server(() => problem(401, 'invalid-credentials'), null).session.login('anna@example.com', 'x'));
    expect(failure).to.be.instanceOf(Refused).with.property('message', 'Because invalid-credentials.');
  });
  it('renews a token that has run out, once for all that wait, and sends again', async () => {
    const { session: signedIn, sent } = server(expired);
    const answers = await Promise.all(['/a', '/b'].map((path) => signedIn.send(path, { method: 'GET', headers: {} })));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
    expect(sent.filter(({ path }) => path.endsWith('/refresh')).map(({ body }) => body)).to.deep.equal(['{"refresh_token":"refresh-1"}']);
  });
  it('ends when the token cannot be renewed', async () => {
    const { session: signedIn, written } = server(() => problem(401, 'unauthenticated'));
    expect(await failureOf(signedIn.send('/a', { method: 'GET', headers: {} }))).to.be.instanceOf(SignedOut);
    expect(written).to.deep.equal([null]);
  });
  it('does not end because the server cannot be reached', async () => {
    const { session: signedIn, written } = server(({ path }) => problem(path.endsWith('/refresh') ? 503 : 401, 'x'));
    expect(await failureOf(signedIn.send('/a', { method: 'GET', headers: {} }))).to.be.instanceOf(Unreachable);
    expect(written).to.deep.equal([]);
  });
});

describe('The server’s answers', () => {
  const asked = (response: Response) => failureOf(api(() => Promise.resolve(response)).query('/x'));

  it('are refusals where trying again changes nothing', async () => {
    for (const status of [400, 403, 404, 409, 412, 422])
      expect(await asked(problem(status, 'no')), String(status)).to.be.instanceOf(Refused);
  });
  it('ask for patience otherwise', async () => {
    for (const status of [408, 429, 500, 502, 503])
      expect(await asked(problem(status, 'later')), String(status)).to.be.instanceOf(Unreachable);
    expect(await asked(problem(409, 'key-in-flight'))).to.be.instanceOf(Unreachable);
    expect(await asked(problem(503, 'later', { 'retry-after': '7' }))).to.have.property('retryAfterSeconds', 7);
  });
  it('are no answers when cut off in the middle', async () => {
    expect(await asked(new Response('{"id":', { headers: { 'content-type': 'application/json' } }))).to.be.instanceOf(Unreachable);
  });
  it('are understood without a problem in them', async () => {
    expect(await asked(new Response('<html>', { status: 404 })))
      .to.be.instanceOf(Refused)
      .with.property('message', 'The server answered 404 without a reason.');
  });
});

describe('A command', () => {
  const command = { key: 'k', method: 'POST', path: '/kitchen/tickets/t/bump', body: {} } as const;

  it('carries its key', async () => {
    const { session: signedIn, sent } = server(() => json(200, { id: 'x', revision: 1, position: 2 }));
    await api(signedIn.send).command(command);
    expect(sent.map(({ path, headers, body }) => [path, headers['idempotency-key'], body])).to.deep.equal([
      ['/api/v1/kitchen/tickets/t/bump', 'k', '{}'],
    ]);
  });
  it('is sent with the same key until it is answered', async () => {
    const keys: string[] = [];
    const answer = await untilAnswered(
      async ({ key }) => {
        keys.push(key);
        if (keys.length < 3) throw new Unreachable('gone');
        return { id: 'x', revision: 1, position: 2 };
      },
      command,
      async () => undefined,
    );
    expect([keys, answer.position]).to.deep.equal([['k', 'k', 'k'], 2]);
  });
  it('is not sent again once refused', async () => {
    let sent = 0;
    const refused = new Refused({ title: 'No', status: 409, code: 'no', detail: 'No.' });
    const send = () => {
      sent += 1;
      return Promise.reject(refused);
    };
    expect([await failureOf(untilAnswered(send, command, async () => undefined)), sent]).to.deep.equal([refused, 1]);
  });
});
