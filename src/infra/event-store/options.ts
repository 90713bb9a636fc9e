import type { Log } from '../postgres/log.ts';

/** Called after each batch: how many events were written, how many appends it held, how long it took. */
export type OnAppended = (events: number, batchSize: number, seconds: number) => void;
/** Called when the log was restored under this process: all that it remembers is of the former one. */
export type OnAnotherLog = () => void;

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
