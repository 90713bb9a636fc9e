import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Append, Appended } from '../../../commands/ports.ts';
import type { Log } from '../../postgres/log.ts';
import type { OnAnotherLog, OnAppended } from '../options.ts';
import { appendItem, type AppendItem } from './append-call.ts';
import { openAppendConnection, type AppendConnection, type Verdict } from './append-connection.ts';
import { batches } from './batches.ts';
import { asFailure, isAnotherLog, surelyNotWritten } from './failures.ts';
import type { Reads } from './reads.ts';
import type { Batch } from './written-here.ts';

type Waiting = AppendItem & { readonly resolve: (appended: Appended) => void; readonly reject: (error: unknown) => void };

const SETTLE_MS = 5_000;
const PAUSE_MS = 50;

type Appends = {
  readonly append: (append: Append) => Promise<Appended>;
  readonly isIdle: () => boolean;
  readonly close: () => Promise<void>;
};
type Told = { readonly onAppended: OnAppended; readonly onAnotherLog: OnAnotherLog; readonly onBatch: (batch: Batch) => void };

/** Everything known about one batch until each of its appends has an answer. */
export const appends = (pool: Pool, read: Reads, log: Log, { onAppended, onAnotherLog, onBatch }: Told): Appends => {
  let current: AppendConnection | null = null;
  let opening: Promise<AppendConnection> | null = null;

  const open = async (): Promise<AppendConnection> => {
    try {
      current = await openAppendConnection(pool);
      return current;
    } finally {
      opening = null;
    }
  };
  const connected = async (): Promise<AppendConnection> => {
    if (current?.lost() === true) drop(current);
    return current ?? (opening ??= open());
  };
  const drop = (connection: AppendConnection): void => {
    if (connection !== current) return;
    connection.close();
    current = null;
  };

  /** Where an append was sent before and its answer lost, a verdict against it may be about itself. */
  const writtenBefore = async ({ stream, expected, events }: AppendItem): Promise<Appended | null> => {
    const [first] = events;
    if (first === undefined) return null;
    const there = await read.event(stream, expected + 1);
    if (there?.eventId !== first.id) return null;
    return {
      kind: 'appended',
      revision: expected + events.length,
      position: there.position + events.length - 1,
      recordedAt: there.recordedAt,
    };
  };

  const known = async ({ receipt }: AppendItem): Promise<Appended> => {
    const stored = receipt === null ? null : await read.receipt(receipt.scope, receipt.key);
    if (stored === null) throw new Error('A receipt that was known is gone.');
    return { kind: 'known', receipt: stored };
  };

  const answer = async (item: Waiting, verdict: Verdict | undefined, sentBefore: boolean): Promise<void> => {
    try {
      if (verdict === undefined) throw new Error('append_batch gave too few verdicts');
      if (verdict.kind === 'written') {
        return item.resolve({
          kind: 'appended',
          revision: item.expected + item.events.length,
          position: verdict.position,
          recordedAt: verdict.recordedAt,
        });
      }
      const before = sentBefore ? await writtenBefore(item) : null;
      item.resolve(before ?? (verdict.kind === 'known' ? await known(item) : verdict));
    } catch (error) {
      item.reject(asFailure(error));
    }
  };

  const attempt = async (connection: AppendConnection, items: readonly Waiting[], sentBefore: boolean): Promise<void> => {
    const started = performance.now();
    const verdicts = await connection.send(items, sentBefore);
    const seconds = (performance.now() - started) / 1000;
    // The queue does not wait for the lookups that some answers need; `answer` never rejects.
    items.forEach((item, index) => void answer(item, verdicts[index], sentBefore));
    const written = items.reduce((sum, { events }, index) => sum + (verdicts[index]?.kind === 'written' ? events.length : 0), 0);
    onAppended(written, items.length, seconds);
    onBatch({ epoch: connection.epoch, items, verdicts });
  };

  const fail = (items: readonly Waiting[], error: unknown): void => {
    if (isAnotherLog(error)) onAnotherLog();
    for (const item of items) item.reject(asFailure(error));
  };

  /** The server refused all for the sake of one: each alone finds out which. */
  const oneByOne = async (items: readonly Waiting[], error: unknown, sentBefore: boolean): Promise<void> => {
    if (items.length === 1) return fail(items, error);
    for (const item of items) await send([item], sentBefore);
  };

  /** Nobody knows whether the batch was committed: send it again, with the same event ids, until the server says. */
  const settle = async (items: readonly Waiting[], lost: unknown): Promise<void> => {
    log.warn({ err: lost, appends: items.length }, 'The connection was lost during an append; finding out whether it was written');
    const giveUp = performance.now() + SETTLE_MS;
    for (let error = lost; ;) {
      if (performance.now() > giveUp) return fail(items, error);
      await delay(PAUSE_MS);
      let connection: AppendConnection | null = null;
      try {
        connection = await connected();
        return await attempt(connection, items, true);
      } catch (next) {
        if (surelyNotWritten(next)) return oneByOne(items, next, true);
        if (connection !== null) drop(connection);
        error = next;
      }
    }
  };

  const send = async (items: readonly Waiting[], sentBefore = false): Promise<void> => {
    let connection: AppendConnection;
    try {
      connection = await connected();
    } catch (error) {
      return sentBefore ? settle(items, error) : fail(items, error);
    }
    try {
      await attempt(connection, items, sentBefore);
    } catch (error) {
      if (surelyNotWritten(error)) return oneByOne(items, error, sentBefore);
      drop(connection);
      await settle(items, error);
    }
  };

  const queue = batches<Waiting>(send, () => current?.mayOverlap() === true);
  let closed = false;
  return {
    append: async (append) => {
      if (closed) throw new Error('The event store is closed.');
      const item = appendItem(append);
      return new Promise((resolve, reject) => queue.add({ ...item, resolve, reject }));
    },
    isIdle: queue.isIdle,
    close: async () => {
      closed = true;
      await queue.idle();
      if (current !== null) drop(current);
    },
  };
};
