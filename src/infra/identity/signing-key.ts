import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

export const tokenAlgorithms = ['RS256', 'PS256', 'EdDSA'] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

const MODULUS_BITS = 3072;

/** A key signs, and is believed, with one algorithm alone. */
export type SigningKey = {
  readonly kid: string;
  readonly algorithm: TokenAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: JWK;
};

/** The signing key cannot be used; the message says which file and what to do. */
export class SigningKeyUnfit extends Error {
  readonly code = 'signing-key-unfit';
  constructor(file: string, why: string, cause?: unknown) {
    super(`${file} ${why}: give a PEM file with a private RSA key of at least ${MODULUS_BITS} bits, or an Ed25519 key for EdDSA.`, {
      cause,
    });
    this.name = 'SigningKeyUnfit';
  }
}

export const freshKey = async (algorithm: TokenAlgorithm): Promise<string> => {
  const { privateKey } =
    algorithm === 'EdDSA'
      ? await promisify(generateKeyPair)('ed25519', undefined)
      : await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

export const signingKeyFrom = async (path: string, pem: string, algorithm: TokenAlgorithm): Promise<SigningKey> => {
  const privateKey = parse(path, pem);
  const type = privateKey.asymmetricKeyType;
  if (type !== (algorithm === 'EdDSA' ? 'ed25519' : 'rsa'))
    throw new SigningKeyUnfit(path, `holds a key of type ${type}, and signs ${algorithm}`);
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (type === 'rsa' && bits < MODULUS_BITS) throw new SigningKeyUnfit(path, `holds a key of ${bits} bits`);
  const publicKey = createPublicKey(privateKey);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, algorithm, privateKey, publicKey, publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' } };
};

const parse = (path: string, pem: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new SigningKeyUnfit(path, 'is not a private key', error);
  }
};
