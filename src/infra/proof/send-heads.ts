import { appendFile } from 'node:fs/promises';
import { headLine } from '../../proof/export-lines.ts';
import type { SignedHead } from '../../proof/head.ts';
import type { Mail, Message } from '../jobs/mail.ts';
import type { Post } from '../outgoing/post.ts';
import type { Log } from '../postgres/log.ts';
import { headsAfter, type Asks, type HeadsTable } from './chained-log.ts';

/** Somewhere out of the database's reach. `send` is given up to `atOnce` heads, in order and at least one, and may get a head twice. */
export type HeadPlace = {
  readonly name: string;
  readonly atOnce: number;
  readonly send: (heads: readonly SignedHead[]) => Promise<void>;
};

/** Keeps a mail under 50 kB, and a person who is written to for the first time from thousands of them. */
const HEADS_A_MAIL = 100;

const linesOf = (heads: readonly SignedHead[]): string => heads.map((head) => `${headLine(head)}\n`).join('');

export const headsFile = (file: string): HeadPlace => ({
  name: `file ${file}`,
  atOnce: 1,
  send: (heads) => appendFile(file, linesOf(heads), { mode: 0o644, flush: true }),
});

export const headsUrl = (url: string, post: Post): HeadPlace => ({
  name: `url ${url}`,
  atOnce: 1,
  send: async ([head]) => {
    if (head !== undefined) await post(url, headLine(head), 'application/json');
  },
});

/** `mail` writes to this one address. */
export const headsMail = (address: string, mail: Pick<Mail, 'send'>): HeadPlace => ({
  name: `mail ${address}`,
  atOnce: HEADS_A_MAIL,
  send: async (heads) => {
    const last = heads.at(-1);
    if (last !== undefined) await mail.send(headsMessage(heads, last));
  },
});

const headsMessage = (heads: readonly SignedHead[], { position, chain, signedAt, keyId }: SignedHead): Message => ({
  id: `log-heads-${heads[0]?.position ?? position}-${position}-${keyId}`,
  subject: `Brigade log: signed head at position ${position}`,
  text: [
    'Keep this mail: it shows later whether the log is still what it was.',
    '',
    `Position:   ${position}`,
    `Signed at:  ${signedAt}, with key ${keyId}`,
    'Hash:',
    chain,
    '',
    'The attached file is what brigade verify takes as --heads;',
    'the files of several mails can be put together.',
    '',
  ].join('\n'),
  files: [{ name: `brigade-heads-${position}.ndjson`, type: 'application/x-ndjson', content: linesOf(heads) }],
});

/** Sends a place the heads it has not got; what fails is told and sent again next time. */
export const sendHeads = async (
  db: Asks,
  { name: place, atOnce, send }: HeadPlace,
  log: Log,
  table: HeadsTable = 'signed_heads',
): Promise<void> => {
  const name = table === 'signed_heads' ? place : `${place} (${table})`;
  const { rows } = await db.query<{ position: string }>('select position from public.head_deliveries where place = $1', [name]);
  let sent = Number(rows[0]?.position ?? 0);
  try {
    for (;;) {
      const heads = await headsAfter(db, sent, atOnce, table);
      const last = heads.at(-1);
      if (last === undefined) return;
      await send(heads);
      sent = last.position;
      await db.query(
        'insert into public.head_deliveries (place, position) values ($1, $2) on conflict (place) do update set position = excluded.position',
        [name, sent],
      );
    }
  } catch (error) {
    log.warn({ err: error, place, sent }, 'A signed head could not be sent; it is tried again');
  }
};
