import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isSignedHead, keyIdOf, type SignedHead } from '../../proof/head.ts';
import { UsageError } from '../arguments.ts';

const LINE_END = 10;

/** Calls `take` with each line, without its end; answers what is left after the last line's end. */
export const eachLine = async (
  chunks: AsyncIterable<Buffer>,
  take: (line: Buffer) => void,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<Buffer> => {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, from)) {
      take(bytes.subarray(from, end));
      from = end + 1;
    }
    rest = bytes.subarray(from);
    onBytes(chunk.length);
  }
  return rest;
};

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** One or more public keys (PEM) of the log in a file, by their ids. */
export const readKeys = async (file: string): Promise<ReadonlyMap<string, KeyObject>> => {
  const blocks = (await readText(file)).match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  if (blocks.length === 0) throw new UsageError(`${file} holds no public key in PEM: brigade log-key prints the log's`);
  const keys = blocks.map((pem) => createPublicKey(pem));
  return new Map(keys.map((key) => [keyIdOf(key), key]));
};

/** Signed heads that were sent elsewhere, one a line, by their positions. Throws for one whose signature is false. */
export const readHeads = async (file: string, keys: ReadonlyMap<string, KeyObject>): Promise<ReadonlyMap<number, SignedHead>> => {
  const lines = (await readText(file)).split('\n').filter((line) => line !== '');
  const heads = lines.map((line, index): SignedHead => {
    const { head } = JSON.parse(line) as { readonly head: SignedHead };
    const key = keys.get(head.keyId);
    if (key === undefined || !isSignedHead(head, key))
      throw new UsageError(`${file} line ${index + 1}: not a head signed by the key given`);
    return head;
  });
  return new Map(heads.map((head) => [head.position, head]));
};
