import { randomUUIDv7 as newEventId } from 'node:crypto';
import type { Append, Revision } from '../../../commands/ports.ts';
import type { Links } from './links.ts';

/** An append as it is sent: serialized once, however often it is sent. */
export type AppendItem = {
  readonly stream: string;
  readonly expected: Revision;
  readonly events: readonly { readonly id: string; readonly type: string; readonly data: string }[];
  readonly metadata: string;
  readonly receipt: { readonly scope: string; readonly key: string; readonly fingerprint: string; readonly outcome: string } | null;
  readonly receiptKey: string | null;
  readonly size: number;
};

/** JSON escapes it, so that lists of JSON need no escaping of their own. */
const SEPARATOR = '\u001e';

const text = (what: string, value: string): string => {
  // eslint-disable-next-line no-control-regex
  if (value === '' || /[\u0000\u001e]/.test(value) || !value.isWellFormed()) {
    throw new TypeError(`${what} must be a text without the characters U+0000 and U+001E and not empty: ${JSON.stringify(value)}`);
  }
  return value;
};

const json = (what: string, value: unknown): string => {
  const written: string | undefined = JSON.stringify(value);
  if (written === undefined) throw new TypeError(`${what} must be JSON.`);
  return written;
};

/** PostgreSQL keeps U+0000 in JSON but cannot take such JSON apart, which the audit trail does with metadata. */
const readable = (written: string): string => {
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(written)) throw new TypeError('Metadata must not contain the character U+0000.');
  return written;
};

/** Throws a TypeError for what cannot be stored. */
export const appendItem = ({ stream, expected, events, metadata, receipt }: Append): AppendItem => {
  const written = events.map(({ type, data }) => ({
    id: newEventId(),
    type: text('An event type', type),
    data: json(`The data of ${type}`, data),
  }));
  return {
    stream: text('A stream name', stream),
    expected,
    events: written,
    metadata: readable(json('Metadata', metadata)),
    receipt: receipt && {
      scope: text("A receipt's scope", receipt.scope),
      key: text("A receipt's key", receipt.key),
      fingerprint: text("A receipt's fingerprint", receipt.fingerprint),
      outcome: json("A receipt's outcome", receipt.outcome),
    },
    receiptKey: receipt && `${receipt.scope}${SEPARATOR}${receipt.key}`,
    size: written.reduce((size, { data }) => size + data.length, 500),
  };
};

export const APPEND_BATCH = `select first, at, stream_ids, verdicts, linked, chain
  from public.append_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`;

const list = (items: readonly string[]): string => items.join(SEPARATOR);
const array = (items: readonly (string | number)[]): string => `{${items.join(',')}}`;

type How = {
  readonly epoch: string;
  readonly careful: boolean;
  /** '0': not known. */
  readonly idOf: (stream: string) => string;
  /** Null: where the log ends is not known. */
  readonly links: Links | null;
};

/** The parameters of APPEND_BATCH, in PostgreSQL's text format or as bytes. */
export const appendParameters = (
  items: readonly AppendItem[],
  { epoch, careful, idOf, links }: How,
): readonly (string | Buffer | null)[] => {
  const counts: number[] = [],
    ends: number[] = [];
  const ofAppend: number[] = [],
    revisions: number[] = [],
    ids: string[] = [],
    types: string[] = [],
    data: string[] = [];
  const receiptOf: number[] = [],
    scopes: string[] = [],
    keys: string[] = [],
    fingerprints: string[] = [],
    outcomes: string[] = [];
  items.forEach(({ expected, events, receipt }, index) => {
    counts.push(events.length);
    events.forEach((event, nth) => {
      ofAppend.push(index + 1);
      revisions.push(expected + nth + 1);
      ids.push(event.id);
      types.push(event.type);
      data.push(event.data);
    });
    ends.push(ids.length);
    if (receipt === null) return;
    receiptOf.push(index + 1);
    scopes.push(receipt.scope);
    keys.push(receipt.key);
    fingerprints.push(receipt.fingerprint);
    outcomes.push(receipt.outcome);
  });
  return [
    epoch,
    String(careful),
    list(items.map(({ stream }) => stream)),
    array(items.map(({ stream }) => idOf(stream))),
    array(items.map(({ expected }) => expected)),
    array(counts),
    array(ends),
    list(items.map(({ metadata }) => metadata)),
    array(ofAppend),
    array(revisions),
    array(ids),
    list(types),
    list(data),
    array(receiptOf),
    list(scopes),
    list(keys),
    list(fingerprints),
    list(outcomes),
    ...(links === null ? [null, null, null, null] : [String(links.before.position), links.before.chain, links.at, links.values]),
  ];
};
