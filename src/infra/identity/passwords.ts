import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** Of argon2id. */
export type HashCost = { readonly memoryKib: number; readonly passes: number; readonly lanes: number };
type TagCost = HashCost & { readonly tagLength: number };

/** OWASP's first choice: 19 MiB, two passes, one lane; about 35 ms. */
export const DEFAULT_COST: HashCost = { memoryKib: 19 * 1024, passes: 2, lanes: 1 };

/** Derives the tag, on whatever thread. */
export type Derive = (message: string, nonce: Uint8Array, cost: TagCost) => Promise<Uint8Array>;

export type Passwords = {
  /** In PHC form, with its cost: raised, old hashes still count. */
  readonly hash: (password: string) => Promise<string>;
  /** Null for the hash: costs what a wrong password costs, so that time tells nobody who has an account. */
  readonly matches: (passwordHash: string | null, password: string) => Promise<boolean>;
};

const NONCE_BYTES = 16;
const TAG_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

type Parsed = { readonly cost: TagCost; readonly nonce: Buffer; readonly tag: Buffer };

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

const written = ({ memoryKib, passes, lanes }: HashCost, nonce: Uint8Array, tag: Uint8Array): string =>
  `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${base64(nonce)}$${base64(tag)}`;

const parsed = (passwordHash: string): Parsed | null => {
  const [, memory, passes, lanes, nonce, tag] = PHC.exec(passwordHash) ?? [];
  if (nonce === undefined || tag === undefined) return null;
  const bytes = Buffer.from(tag, 'base64');
  const cost = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes), tagLength: bytes.length };
  return { cost, nonce: Buffer.from(nonce, 'base64'), tag: bytes };
};

/** One password may be typed in several ways that look the same. */
const normal = (password: string): string => password.normalize('NFKC');

export const passwordsBy = (derive: Derive, cost: HashCost): Passwords => ({
  hash: async (password) => {
    const nonce = randomBytes(NONCE_BYTES);
    return written(cost, nonce, await derive(normal(password), nonce, { ...cost, tagLength: TAG_BYTES }));
  },
  matches: async (passwordHash, password) => {
    const kept = passwordHash === null ? null : parsed(passwordHash);
    const against = kept ?? { cost: { ...cost, tagLength: TAG_BYTES }, nonce: randomBytes(NONCE_BYTES), tag: randomBytes(TAG_BYTES) };
    const tag = await derive(normal(password), against.nonce, against.cost);
    return timingSafeEqual(tag, against.tag) && kept !== null;
  },
});

const inThreadPool: Derive = (message, nonce, { memoryKib: memory, passes, lanes: parallelism, tagLength }) =>
  promisify(argon2)('argon2id', { message, nonce, memory, passes, parallelism, tagLength });

/** For the few hashes of a start, before there is a pool. */
export const passwordsAtStart: Passwords = passwordsBy(inThreadPool, DEFAULT_COST);

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';

/** 20 characters of Crockford's base 32, in which no two characters look alike: 100 bits. */
export const newPassword = (): string => Array.from(randomBytes(20), (byte) => BASE32.charAt(byte % BASE32.length)).join('');
