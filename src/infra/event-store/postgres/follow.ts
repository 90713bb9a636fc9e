import { setTimeout as delay } from 'node:timers/promises';
import { type Checkpoint, DependencyDown, type LogPage } from '../../../commands/ports.ts';
import type { Log } from '../../postgres/log.ts';
import type { Hints } from './hints.ts';

type ReadPage = (after: Checkpoint, limit: number) => Promise<LogPage>;
type Following = { readonly after: Checkpoint; readonly limit: number; readonly signal: AbortSignal };

const POLL_MS = 250;
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

const endsAtHead = ({ events, head }: LogPage): boolean => (events.at(-1)?.position ?? head) >= head;

const persistently =
  (read: ReadPage, log: Log) =>
  async (after: Checkpoint, limit: number, signal: AbortSignal): Promise<LogPage | null> => {
    for (let pause = SHORTEST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await read(after, limit);
      } catch (error) {
        if (!(error instanceof DependencyDown)) throw error;
        log.warn({ err: error, after }, 'The event log cannot be read; trying again');
        await delay(pause, undefined, { signal }).catch(() => undefined);
      }
    }
    return null;
  };

/** Polls, sooner where a hint says so; an empty page is told once each time the head is reached, unless the page before told it. */
export async function* follow(
  read: ReadPage,
  hints: Hints,
  log: Log,
  { after, limit, signal }: Following,
): AsyncGenerator<LogPage, void, void> {
  const readPage = persistently(read, log);
  let checkpoint = after;
  let atHead = false;
  for (;;) {
    const hintsBefore = hints.count();
    const page = await readPage(checkpoint, limit, signal);
    if (page === null || signal.aborted) return;
    const isNews = page.events.length > 0 || !atHead;
    atHead = endsAtHead(page);
    checkpoint = page.checkpoint;
    if (isNews) yield page;
    if (atHead) await hints.next(hintsBefore, POLL_MS, signal);
  }
}
