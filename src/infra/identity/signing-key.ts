import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { madeOnce } from './made-once.ts';

const MODULUS_BITS = 3072;

export type SigningKey = { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject; readonly publicJwk: JWK };

/** The signing key cannot be used; the message says which file and what to do. */
export class SigningKeyUnfit extends Error {
  readonly code = 'signing-key-unfit';
  constructor(file: string, why: string, cause?: unknown) {
    super(`${file} ${why}: give a PEM file with a private RSA key of at least ${MODULUS_BITS} bits.`, { cause });
    this.name = 'SigningKeyUnfit';
  }
}

/** Reads `file` where one is given; otherwise the key in `folder`, which the first program to start there makes. */
export const signingKey = async ({ file, folder }: { readonly file: string | null; readonly folder: string }): Promise<SigningKey> => {
  const path = file ?? join(folder, 'access-tokens.pem');
  const pem = file === null ? await madeOnce(path, freshKey) : await givenKey(path);
  return keyFrom(path, pem);
};

const givenKey = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SigningKeyUnfit(path, 'cannot be read', error);
  }
};

const freshKey = async (): Promise<string> => {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

const keyFrom = async (path: string, pem: string): Promise<SigningKey> => {
  const privateKey = parse(path, pem);
  if (privateKey.asymmetricKeyType !== 'rsa') throw new SigningKeyUnfit(path, `holds a key of type ${privateKey.asymmetricKeyType}`);
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MODULUS_BITS) throw new SigningKeyUnfit(path, `holds a key of ${bits} bits`);
  const publicKey = createPublicKey(privateKey);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, publicKey, publicJwk: { ...jwk, kid, alg: 'RS256', use: 'sig' } };
};

const parse = (path: string, pem: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new SigningKeyUnfit(path, 'is not a private key', error);
  }
};
