import { leafOf, link } from '../../../proof/chain.ts';
import { eventLine } from '../../../proof/event-line.ts';
import type { AppendItem } from './append-call.ts';

/** Where the log ends: its last event's position and chain, and the time it was recorded. */
export type Head = { readonly position: number; readonly chain: Buffer; readonly recordedAt: string };

/** The chain's values of some events, if the log ends where it is thought to, all are written, and at that time. */
export type Links = { readonly before: Head; readonly at: string; readonly values: Buffer; readonly after: Head };

const VALUE_BYTES = 32;

/** `now` in the form of an ISO time with milliseconds; time never runs backwards along the log. */
export const linksAfter = (before: Head, items: readonly AppendItem[], now: string): Links => {
  const at = now > before.recordedAt ? now : before.recordedAt;
  const values = Buffer.allocUnsafe(VALUE_BYTES * items.reduce((count, { events }) => count + events.length, 0));
  let { position, chain } = before;
  for (const { stream, expected, events, metadata } of items) {
    let revision = expected;
    for (const { id: eventId, type, data } of events) {
      const line = eventLine({ type, data, eventId, position: position + 1, stream, revision: ++revision, metadata, recordedAt: at });
      chain = link(chain, leafOf(line));
      chain.copy(values, (position - before.position) * VALUE_BYTES);
      position++;
    }
  }
  return { before, at, values, after: { position, chain, recordedAt: at } };
};
