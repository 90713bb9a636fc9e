import { generateKeyPairSync } from 'node:crypto';
import type { Client } from 'pg';
import { Tampered } from '../../../src/client/verify/tampered.ts';
import { verification, type Verified } from '../../../src/client/verify/verification.ts';
import type { EventStore } from '../../../src/commands/ports.ts';
import { exportLines } from '../../../src/infra/proof/log-proof.ts';
import { postgresLog, type Asks, type ChainedLog } from '../../../src/infra/proof/chained-log.ts';
import { signNextHead } from '../../../src/infra/proof/sign-heads.ts';
import { logKeyOf, type SignedHead } from '../../../src/proof/head.ts';
import { appendOf, notes, written } from '../event-store/appends.ts';

export const key = logKeyOf(generateKeyPairSync('ed25519').privateKey);
export const keys = new Map([[key.id, key.publicKey]]);
export const clock = { now: () => new Date('2026-01-31T18:00:00.000Z') };

export const signAll = async (db: Asks, chained: ChainedLog = postgresLog(db)): Promise<readonly SignedHead[]> => {
  const heads: SignedHead[] = [];
  const sign = () => signNextHead(db, chained, key, clock);
  for (let head = await sign(); head !== null; head = await sign()) heads.push(head);
  return heads;
};

/** Events of a few streams, two or three an append, with all that JSON may hold. */
export const fillLog = async (store: Pick<EventStore, 'append'>, appends: number): Promise<void> => {
  const texts = ['plain', 'quote " and \\ backslash', 'line\nend\ttab\u0001\u007f', 'Crêpe 東京 😀 \u2028', '"},"position":7,"stream":"'];
  const revisions = new Map<string, number>();
  for (let nth = 0; nth < appends; nth++) {
    const stream = `Order-${nth % 5} ${texts[nth % 4]?.replaceAll('\u0001', '')}`;
    const expected = revisions.get(stream) ?? 0;
    const events = notes(2 + (nth % 2)).map((note) => ({
      ...note,
      data: { ...note.data, text: texts[nth % 5] ?? '', n: [1e21, -0.5, null, {}] },
    }));
    revisions.set(stream, written(await store.append(appendOf(stream, expected, { events }))).revision);
  }
};

export const exported = async (
  db: Asks,
  shows: (locationId: string | null) => boolean = () => true,
  chained: ChainedLog = postgresLog(db),
): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const line of exportLines(db, chained, key, clock, shows)) lines.push(line);
  return lines;
};

export const verifyText = (text: string, kept: ReadonlyMap<number, SignedHead> = new Map()): Verified | Tampered => {
  const { line, finish, position } = verification({ keys, kept });
  try {
    const lines = text.split('\n');
    const rest = lines.pop();
    for (const each of lines) line(Buffer.from(each));
    if (rest !== '') throw new Tampered('cut-off', position() + 1, 'in the middle of a line');
    return finish();
  } catch (error) {
    if (error instanceof Tampered) return error;
    throw error;
  }
};

export const asText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** As the database's superuser who knows how the chain is made, but has not the key. */
export const recomputeForward = async (db: Client, from: number): Promise<void> => {
  await db.query(
    `do $$ declare chained bytea; e record; begin
      select coalesce((select chain from events where position < ${from} order by position desc limit 1), decode(repeat('00', 32), 'hex')) into chained;
      for e in select v.position, sha256(convert_to(event_line(v.position, s.name, v.revision, v.event_id, v.type, v.data::text, v.metadata::text,
          iso_time(v.recorded_at)), 'UTF8')) as leaf
        from events v join streams s on s.id = v.stream_id where v.position >= ${from} order by v.position loop
        chained := sha256(chained || e.leaf);
        update events set chain = chained where position = e.position;
      end loop; end $$`,
  );
};
