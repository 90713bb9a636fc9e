import type { Pool } from 'pg';
import type { Clock } from '../../commands/ports.ts';
import type { InclusionProof, LogProof } from '../../http/ports.ts';
import { GENESIS, leafOf } from '../../proof/chain.ts';
import { endLine, headLine, hiddenLine, VALUES_A_LINE, valuesLine } from '../../proof/export-lines.ts';
import { signEnd, type LogKey, type SignedHead } from '../../proof/head.ts';
import { pathOf } from '../../proof/tree.ts';
import { headsAfter, latestHead, type Asks, type ChainedLog } from './chained-log.ts';

const PAGE = 1000;
const HEADS_AT_ONCE = 100;

/** One by one, asked for as they are needed. */
async function* headsOf(db: Asks, { heads: table }: ChainedLog): AsyncGenerator<SignedHead, null> {
  for (let after = 0; ;) {
    const heads = await headsAfter(db, after, HEADS_AT_ONCE, table);
    const last = heads.at(-1);
    if (last === undefined) return null;
    yield* heads;
    after = last.position;
  }
}

/**
 * The log's lines with what proves them: after each hundred events and before each head the chain's values as they are stored,
 * each head where it was signed, and a signed end. What is wrong in the database is not put right here, but shown.
 */
export async function* exportLines(
  db: Asks,
  chained: ChainedLog,
  key: LogKey,
  clock: Clock,
  shows: (locationId: string | null) => boolean,
): AsyncGenerator<string> {
  // Before the log's end: all that was signed by then must be in it.
  const newest = (await latestHead(db, chained.heads))?.position ?? 0;
  const through = await chained.position();
  const heads = headsOf(db, chained);
  let head = (await heads.next()).value;
  let after = 0;
  let last = 0;
  let chain: Buffer = GENESIS;
  let values: string[] = [];
  for (let from = 0; from < through; from += PAGE) {
    for (const { position, line, chain: stored, locationId } of await chained.events(from, Math.min(from + PAGE, through))) {
      yield shows(locationId) ? line : hiddenLine(position, leafOf(line).toString('hex'));
      last = position;
      chain = stored;
      values.push(stored.toString('hex'));
      const atHead = head !== null && head.position <= position;
      if (atHead || values.length === VALUES_A_LINE) {
        yield valuesLine(values, position);
        values = [];
      }
      if (!atHead || head === null) continue;
      yield headLine(head);
      after = head.position;
      head = (await heads.next()).value;
    }
  }
  if (values.length > 0) yield valuesLine(values, last);
  for (; head !== null && head.position <= newest; head = (await heads.next()).value) {
    yield headLine(head);
    after = head.position;
  }
  yield endLine(signEnd({ after, position: through, chain: chain.toString('hex'), signedAt: clock.now().toISOString() }, key));
}

const proofOf = async (db: Asks, chained: ChainedLog, position: number): Promise<InclusionProof | null> => {
  const [head] = await headsAfter(db, position - 1, 1, chained.heads);
  if (head === undefined || head.after >= position) return null;
  const events = await chained.events(head.after, head.position);
  const leaves = events.map(({ line }) => leafOf(line));
  const path = pathOf(leaves, position - head.after - 1).map((node) => node.toString('base64'));
  return { position, path, head };
};

/** What is proved of a log: an event is asked for by its position in the log itself. */
export const logProof = (pool: Pool, chained: ChainedLog, key: LogKey, clock: Clock): LogProof => ({
  publicKey: { id: key.id, pem: key.publicKey.export({ type: 'spki', format: 'pem' }).toString() },
  exportLines: (shows) => exportLines(pool, chained, key, clock, shows),
  heads: (after, limit) => headsAfter(pool, after, limit, chained.heads),
  latestHead: () => latestHead(pool, chained.heads),
  event: async (logPosition) => {
    const position = await chained.positionOf(logPosition);
    return position === null ? null : ((await chained.events(position - 1, position))[0] ?? null);
  },
  proof: async (logPosition) => {
    const position = await chained.positionOf(logPosition);
    return position === null ? null : proofOf(pool, chained, position);
  },
});
