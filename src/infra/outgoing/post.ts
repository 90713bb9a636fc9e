import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressCheck } from './public-addresses.ts';

/** An address we do not write to, or an answer that is none. */
export class OutgoingRefused extends Error {
  readonly code = 'outgoing-refused';
  constructor(url: URL, why: string) {
    super(`${url.origin} ${why}`);
    this.name = 'OutgoingRefused';
  }
}

export type Post = (url: string, body: string, contentType: string) => Promise<void>;

type Resolve = (host: string, options: LookupOptions & { readonly all: true }, done: Resolved) => void;
type Resolved = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
export type OutgoingNeeds = { readonly privateNetworks: readonly string[]; readonly resolve?: Resolve; readonly answerMs?: number };

const ANSWER_MS = 10_000;

/**
 * Posts to addresses of the internet alone. What a name stands for is checked when the connection is made, so that it cannot be
 * changed after the check; a redirect is a failure, and nothing of the answer but its status is read. Throws OutgoingRefused.
 */
export const outgoingPost = ({ privateNetworks, resolve = systemLookup, answerMs = ANSWER_MS }: OutgoingNeeds): Post => {
  const mayReach = addressCheck(privateNetworks);

  const lookupFor =
    (url: URL): LookupFunction =>
    (host, options, done) =>
      resolve(host, { ...options, all: true }, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error !== null || first === undefined) return done(error ?? new OutgoingRefused(url, 'has no address'), '', 0);
        const closed = addresses.find(({ address }) => !mayReach(address));
        if (closed !== undefined) return done(refusal(url, closed.address), '', 0);
        return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
      });

  return async (written, body, contentType) => {
    const url = new URL(written);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new OutgoingRefused(url, 'is neither https: nor http:');
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !mayReach(literal)) throw refusal(url, literal);
    const status = await new Promise<number>((done, fail) => {
      const send = url.protocol === 'https:' ? overHttps : overHttp;
      const sent = send(url, {
        method: 'POST',
        agent: false,
        lookup: lookupFor(url),
        headers: { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(answerMs),
      });
      sent.on('error', fail);
      sent.on('response', (answer) => {
        answer.destroy();
        done(answer.statusCode ?? 0);
      });
      sent.end(body);
    });
    if (status < 200 || status >= 300) throw new OutgoingRefused(url, `answered ${status}`);
  };
};

const refusal = (url: URL, address: string): OutgoingRefused =>
  new OutgoingRefused(url, `is at ${address}, which is not of the internet: name its network in outgoing.private_networks if it is meant`);
