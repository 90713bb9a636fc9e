import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';

/** The chain's value at a position, and the root of the tree over the events after `after`, up to it. Hashes are in hexadecimal. */
export type Head = {
  readonly after: number;
  readonly position: number;
  readonly chain: string;
  readonly root: string;
  /** ISO 8601. */
  readonly signedAt: string;
};
/** What an export says about itself: its last position, the chain there, and the last head before. */
export type End = { readonly after: number; readonly position: number; readonly chain: string; readonly signedAt: string };
type Signature = { readonly keyId: string; readonly signature: string };
export type SignedHead = Head & Signature;
export type SignedEnd = End & Signature;

export type LogKey = { readonly id: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };

/** The first 16 digits of the sha256 of the key in DER. */
export const keyIdOf = (key: KeyObject): string => hash('sha256', key.export({ type: 'spki', format: 'der' }), 'hex').slice(0, 16);

export const logKeyOf = (privateKey: KeyObject): LogKey => {
  const publicKey = createPublicKey(privateKey);
  return { id: keyIdOf(publicKey), privateKey, publicKey };
};

const headStatement = ({ after, position, chain, root, signedAt }: Head): Buffer =>
  Buffer.from(['brigade-log-head', after, position, chain, root, signedAt].join('\n'));
const endStatement = ({ after, position, chain, signedAt }: End): Buffer =>
  Buffer.from(['brigade-log-end', after, position, chain, signedAt].join('\n'));

const signatureOver = (statement: Buffer, { id, privateKey }: LogKey): Signature => ({
  keyId: id,
  signature: sign(null, statement, privateKey).toString('base64'),
});

export const signHead = (head: Head, key: LogKey): SignedHead => ({ ...head, ...signatureOver(headStatement(head), key) });
export const signEnd = (end: End, key: LogKey): SignedEnd => ({ ...end, ...signatureOver(endStatement(end), key) });

/** Base64 can be written in more than one way; only ours counts. */
const isSignature = (statement: Buffer, written: string, key: KeyObject): boolean => {
  if (typeof written !== 'string') return false;
  const signature = Buffer.from(written, 'base64');
  return signature.toString('base64') === written && verify(null, statement, key, signature);
};

export const isSignedHead = (head: SignedHead, key: KeyObject): boolean =>
  head.keyId === keyIdOf(key) && isSignature(headStatement(head), head.signature, key);
export const isSignedEnd = (end: SignedEnd, key: KeyObject): boolean =>
  end.keyId === keyIdOf(key) && isSignature(endStatement(end), end.signature, key);
