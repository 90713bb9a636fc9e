import { setTimeout as delay } from 'node:timers/promises';
import type { LogPage } from '../../commands/ports.ts';

/** Fewer events than this in a page: it is quiet, and the next is not waited with. */
const BUSY_EVENTS = 4;

/**
 * Pages of a log that is followed, while it is busy no more often than each `ms`: they are then larger, and cost less an event.
 * Those of a follower who is far behind (`full` events or more) come as fast as he takes them. The others come `lateMs` late,
 * where others are to have done their work on the same events first.
 */
export async function* paced(
  pages: AsyncIterable<LogPage>,
  { ms, full, lateMs = 0, signal }: { readonly ms: number; readonly full: number; readonly lateMs?: number; readonly signal: AbortSignal },
): AsyncGenerator<LogPage, void, void> {
  let begun = performance.now();
  const wait = (time: number): Promise<void> => delay(time, undefined, { signal }).catch(() => undefined);
  for await (const page of pages) {
    const { length } = page.events;
    if (length > 0 && length < full && lateMs > 0) await wait(lateMs);
    if (signal.aborted) return;
    yield page;
    const rest = begun + ms - performance.now();
    if (length >= BUSY_EVENTS && length < full && rest > 0) await wait(rest);
    begun = performance.now();
  }
}
