import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { leafOf } from '../../proof/chain.ts';
import { isSignedHead, type SignedHead } from '../../proof/head.ts';
import { rootFrom } from '../../proof/tree.ts';
import { UsageError } from '../arguments.ts';
import { readKeys } from './read.ts';

export const EVENT_HELP = `brigade verify-event --event FILE --proof FILE --key FILE
  Checks that one event is in the log, without the rest of it.
  --event     the event's line in an export, or what GET /api/v1/audit/events/POSITION answers
  --proof     what GET /api/v1/audit/events/POSITION/proof answers
  --key       the log's public key, as PEM`;

export type EventProof = { readonly position: number; readonly path: readonly string[]; readonly head: SignedHead };

/** Null: the event is in the log that the head signs; else what speaks against it. */
export const whyNotInLog = (line: Buffer, { position, path, head }: EventProof, keys: ReadonlyMap<string, KeyObject>): string | null => {
  const key = keys.get(head.keyId);
  if (key === undefined) return `The head is signed by a key that was not given (${head.keyId}).`;
  if (!isSignedHead(head, key)) return 'The head has a false signature.';
  const nodes = path.map((node) => Buffer.from(node, 'base64'));
  const root = rootFrom(leafOf(line), position - head.after - 1, head.position - head.after, nodes);
  if (root?.toString('hex') !== head.root) return `This is not the event at position ${position} that was signed.`;
  return null;
};

const withoutEnd = (bytes: Buffer): Buffer => (bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes);

/** Exit code: 0 it is in the log, 1 not. */
export const eventCommand = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: { event: { type: 'string' }, proof: { type: 'string' }, key: { type: 'string' } },
  });
  if (values.event === undefined || values.proof === undefined || values.key === undefined)
    throw new UsageError('--event, --proof and --key are needed');
  const keys = await readKeys(values.key);
  const proof = JSON.parse(await readFile(values.proof, 'utf8')) as EventProof;
  const why = whyNotInLog(withoutEnd(await readFile(values.event)), proof, keys);
  console.log(
    why === null
      ? `verified: the event at position ${proof.position} is in the log, head signed at ${proof.head.signedAt}`
      : `NOT in the log: ${why}`,
  );
  return why === null ? 0 : 1;
};
