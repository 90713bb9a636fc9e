import { randomBytes } from 'node:crypto';
import { argon2id, hash, verify } from 'argon2';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 25 ms. */
const COST = { type: argon2id, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

export const hashPassword = (password: string): Promise<string> => hash(password, COST);

export const passwordMatches = (passwordHash: string, password: string): Promise<boolean> => verify(passwordHash, password);

/** A hash nobody has the password of, so that an unknown e-mail address costs what a wrong password costs. */
export const decoyHash = (): Promise<string> => hashPassword(randomBytes(32).toString('base64url'));

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';

/** 20 characters of Crockford's base 32, in which no two characters look alike: 100 bits. */
export const newPassword = (): string => Array.from(randomBytes(20), (byte) => BASE32.charAt(byte % BASE32.length)).join('');
