import { setTimeout as delay } from 'node:timers/promises';
import { type Append, type Appended, DependencyDown, type Receipt } from '../../../commands/ports.ts';
import type { Log } from '../../postgres/log.ts';
import type { EventsAppended } from './append-events.ts';
import type { PendingClaim, ReceiptLedger } from './receipt-ledger.ts';
import type { Reads } from './reads.ts';

/** Longer than an append can be under way: who claimed a key before that will not come back. */
const LEASE_MS = 15_000;
const PATIENCE_MS = 5_000;
const PAUSE_MS = 50;

const pendingElsewhere = (): DependencyDown =>
  new DependencyDown(
    'event log',
    new Error('An earlier command with this key was cut off or is still under way; it is settled within seconds.'),
  );

/** Lets one at a time through for each key. */
const oneAtATime = () => {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const settled = result.catch(() => undefined).finally(() => last.get(key) === settled && last.delete(key));
    last.set(key, settled);
    return result;
  };
};

const toldOrThrown = (done: EventsAppended): Appended => {
  if (done.kind === 'failed') throw done.error;
  return done;
};

type Parts = {
  readonly read: Reads;
  readonly ledger: ReceiptLedger;
  readonly appendEvents: (append: Append) => Promise<EventsAppended>;
  readonly log: Log;
};

/** An append with its receipt: the key is claimed before, and the receipt completed after, by whoever finds it unfinished. */
export const appendWithReceipt = ({ read, ledger, appendEvents, log }: Parts) => {
  const byKey = oneAtATime();

  /** What a claim left behind led to; null: nothing, as far as its stream tells. */
  const settle = async ({ receipt, stream, commandId }: PendingClaim): Promise<Appended | null> => {
    const events = await read.stream(stream, 0);
    const last = events.findLast(({ metadata }) => metadata.commandId === commandId);
    if (last === undefined) return null;
    const place = { stream, revision: last.revision, position: last.position };
    await ledger.complete(receipt, place);
    return { kind: 'known', receipt: { ...receipt, ...place } };
  };

  /** Null: the key is ours. */
  const claim = async (receipt: Receipt, { stream, metadata: { commandId } }: Append): Promise<Appended | null> => {
    const giveUp = performance.now() + PATIENCE_MS;
    for (;;) {
      const claimed = await ledger.claim(receipt, stream, commandId);
      if (claimed.kind === 'claimed') return null;
      if (claimed.kind === 'known') return claimed;
      const settled = await settle(claimed.claim);
      if (settled !== null) return settled;
      if (claimed.claim.ageMs > LEASE_MS && (await ledger.takeOver(claimed.claim, receipt, stream, commandId))) return null;
      if (performance.now() > giveUp) throw pendingElsewhere();
      await delay(PAUSE_MS);
    }
  };

  const complete = async (
    receipt: Receipt,
    { stream, expected, events }: Append,
    done: Extract<Appended, { kind: 'appended' }> | null,
  ): Promise<Appended> => {
    if (events.length === 0 || done === null) {
      const position = await read.head();
      const recordedAt = await ledger.complete(receipt, { stream, revision: expected, position });
      return { kind: 'appended', revision: expected, position, recordedAt };
    }
    try {
      await ledger.complete(receipt, { stream, revision: done.revision, position: done.position });
    } catch (error) {
      log.warn({ err: error, stream }, 'An append was written but not its receipt, which its next retry completes');
    }
    return done;
  };

  const underClaim = async (receipt: Receipt, append: Append): Promise<Appended> => {
    const known = await claim(receipt, append);
    if (known !== null) return known;
    if (append.events.length === 0) return complete(receipt, append, null);
    const done = await appendEvents(append);
    if (done.kind === 'appended') return complete(receipt, append, done);
    if (done.kind === 'conflict' || done.certain) await ledger.abandon(receipt, append.metadata.commandId);
    return toldOrThrown(done);
  };

  return async (append: Append): Promise<Appended> => {
    const { receipt, events, expected } = append;
    if (receipt !== null) return byKey(JSON.stringify([receipt.scope, receipt.key]), () => underClaim(receipt, append));
    if (events.length === 0)
      return { kind: 'appended', revision: expected, position: await read.head(), recordedAt: new Date().toISOString() };
    return toldOrThrown(await appendEvents(append));
  };
};
