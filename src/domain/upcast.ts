import type { Message } from './decider.ts';

/** Of the forms of events that this program writes, and the newest it can read; raised with each upcaster. */
export const SCHEMA_VERSION = 1;

/** From the form that an event's data had before a version to the one it has since. An event's name stays: another name is another event. */
export type Upcaster = { readonly type: string; readonly version: number; readonly upcast: (data: unknown) => unknown };

/** In the order of their versions. There are none: every event still has its first form. */
const upcasters: readonly Upcaster[] = [];

/** Answers events in the form of today, whatever form they were stored in; pure, and what is stored stays as it is. */
export const upcasting = (known: readonly Upcaster[]) => {
  const byType = Map.groupBy(known, ({ type }) => type);
  return <E extends Message<string, unknown>>(event: E, schemaVersion: number): E => {
    const steps = byType.get(event.type);
    if (steps === undefined) return event;
    const newer = steps.filter(({ version }) => version > schemaVersion);
    return newer.length === 0 ? event : { ...event, data: newer.reduce((data, { upcast }) => upcast(data), event.data) };
  };
};

export const upcast = upcasting(upcasters);
