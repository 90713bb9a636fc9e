import { appendFile } from 'node:fs/promises';
import { headLine } from '../../proof/export-lines.ts';
import type { SignedHead } from '../../proof/head.ts';
import type { Post } from '../outgoing/post.ts';
import type { Log } from '../postgres/log.ts';
import { headsAfter, type Asks } from './chained-log.ts';

/** Somewhere out of the database's reach. `send` may get a head twice. */
export type HeadPlace = { readonly name: string; readonly send: (head: SignedHead) => Promise<void> };

const AT_ONCE = 100;

export const headsFile = (file: string): HeadPlace => ({
  name: `file ${file}`,
  send: (head) => appendFile(file, `${headLine(head)}\n`, { mode: 0o644, flush: true }),
});

export const headsUrl = (url: string, post: Post): HeadPlace => ({
  name: `url ${url}`,
  send: (head) => post(url, headLine(head), 'application/json'),
});

/** Sends a place the heads it has not got; what fails is told and sent again next time. */
export const sendHeads = async (db: Asks, { name, send }: HeadPlace, log: Log): Promise<void> => {
  const { rows } = await db.query<{ position: string }>('select position from public.head_deliveries where place = $1', [name]);
  let sent = Number(rows[0]?.position ?? 0);
  try {
    for (;;) {
      const heads = await headsAfter(db, sent, AT_ONCE);
      if (heads.length === 0) return;
      for (const head of heads) {
        await send(head);
        sent = head.position;
        await db.query(
          'insert into public.head_deliveries (place, position) values ($1, $2) on conflict (place) do update set position = excluded.position',
          [name, sent],
        );
      }
    }
  } catch (error) {
    log.warn({ err: error, place: name, sent }, 'A signed head could not be sent; it is tried again');
  }
};
