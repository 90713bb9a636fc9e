import { setTimeout as delay } from 'node:timers/promises';
import type { LogPage } from '../../commands/ports.ts';

/** Fewer events than this in a page: it is quiet, and the next is not waited with. */
const BUSY_EVENTS = 4;

/**
 * Pages of a log that is followed, while it is busy no more often than each `ms`: they are then larger, and cost less an event.
 * Those of a follower who is far behind (`full` events or more) come as fast as he takes them.
 */
export async function* paced(
  pages: AsyncIterable<LogPage>,
  { ms, full, signal }: { readonly ms: number; readonly full: number; readonly signal: AbortSignal },
): AsyncGenerator<LogPage, void, void> {
  let begun = performance.now();
  for await (const page of pages) {
    yield page;
    const { length } = page.events;
    const rest = begun + ms - performance.now();
    if (length >= BUSY_EVENTS && length < full && rest > 0) await delay(rest, undefined, { signal }).catch(() => undefined);
    begun = performance.now();
  }
}
