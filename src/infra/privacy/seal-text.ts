import { createCipheriv, createDecipheriv, randomFillSync, type CipherKey } from 'node:crypto';

/** Where a sealed text belongs: opened anywhere else it is not opened. */
export type Place = {
  readonly stream: string;
  /** Of the event. */
  readonly revision: number;
  readonly type: string;
  /** `lines[0].note`. */
  readonly field: string;
  readonly subject: string;
};

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = 'sealed:v1:';

/** Random bytes are asked of the system for many texts at once; each is used once. */
const random = { bytes: Buffer.alloc(IV_BYTES * 256), used: IV_BYTES * 256 };
const newIv = (): Buffer => {
  if (random.used === random.bytes.length) {
    random.bytes = randomFillSync(Buffer.alloc(random.bytes.length));
    random.used = 0;
  }
  random.used += IV_BYTES;
  return random.bytes.subarray(random.used - IV_BYTES, random.used);
};

const boundTo = ({ stream, revision, type, field, subject }: Place): Buffer =>
  Buffer.from(JSON.stringify([stream, revision, type, field, subject]));

/** `sealed:v1:<subject>:<iv, ciphertext and tag in base64url>`. As JSON, so that every text comes back as it was. Fastest with a KeyObject. */
export const sealText = (key: CipherKey, text: string, place: Place): string => {
  const iv = newIv();
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(boundTo(place));
  const sealed = Buffer.concat([iv, cipher.update(JSON.stringify(text), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${PREFIX}${place.subject}:${sealed.toString('base64url')}`;
};

/** Whose sealed text this is; null: it is none. */
export const subjectOf = (text: string): string | null => {
  if (!text.startsWith(PREFIX)) return null;
  const end = text.lastIndexOf(':');
  return end <= PREFIX.length ? null : text.slice(PREFIX.length, end);
};

/** Null: it was not sealed with this key for this place, or was changed. */
export const openText = (key: CipherKey, sealed: string, place: Place): string | null => {
  const bytes = Buffer.from(sealed.slice(sealed.lastIndexOf(':') + 1), 'base64url');
  if (bytes.length < IV_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(boundTo(place))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    return JSON.parse(decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')) as string;
  } catch {
    // A false tag is all that can go wrong here, and is the answer.
    return null;
  }
};
