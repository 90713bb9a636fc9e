import type { Checkpoint, EventStore, LogPage } from '../../../commands/ports.ts';
import { StaleCheckpoint } from '../stale-checkpoint.ts';
import type { Chunk, ReadChunk } from './chunks.ts';
import { parseCheckpoint } from './reads.ts';

type ReadPage = (after: Checkpoint, limit: number) => Promise<LogPage>;
type Needs = { readonly page: ReadPage; readonly chunk: ReadChunk; readonly head: () => Promise<number> };
/** A chunk that a reader takes from; `coming`: the one after it, which is being read already. */
type Reading = { readonly chunk: Chunk; readonly coming: Promise<Chunk> | null };

const CHUNK = 5_000;
/** Of readers, who have come to different places. */
const REMEMBERED = 4;

const lastOnes = <V>() => {
  const kept = new Map<string, V>();
  return {
    take: (key: string): V | undefined => {
      const value = kept.get(key);
      kept.delete(key);
      return value;
    },
    put: (key: string, value: V): void => {
      kept.set(key, value);
      const [oldest] = kept.keys();
      if (kept.size > REMEMBERED && oldest !== undefined) kept.delete(oldest);
    },
  };
};

const keyOf = (checkpoint: Checkpoint, leavingOut: readonly string[]): string => [checkpoint, ...leavingOut].join('\n');

/** Pages as they are; but who reads on where a full page ended reads much of the log, and is given pages out of chunks read ahead. */
export const readingOn = ({ page: readPage, chunk: readChunk, head }: Needs): EventStore['readLog'] => {
  const ends = lastOnes<true>();
  const readings = lastOnes<Reading>();

  const begin = (chunk: Chunk, from: number, leavingOut: readonly string[]): Reading => {
    const coming = chunk.to < from + CHUNK ? null : readChunk(chunk.to, CHUNK, leavingOut);
    coming?.catch(() => undefined);
    return { chunk, coming };
  };

  /** Where there are events to be taken, or the log ends. Null: who reads there has not read a full page yet. */
  const readingAt = async (after: Checkpoint, leavingOut: readonly string[]): Promise<Reading | null> => {
    const key = keyOf(after, leavingOut);
    const known = readings.take(key);
    if (known === undefined && ends.take(key) === undefined) return null;
    const { epoch, position } = parseCheckpoint(after);
    let reading = known;
    for (let from = position; reading === undefined || (reading.chunk.left() === 0 && reading.coming !== null); from = reading.chunk.to) {
      const chunk: Chunk = await (reading?.coming ?? readChunk(from, CHUNK, leavingOut));
      if (epoch !== chunk.epoch || from > chunk.head) throw new StaleCheckpoint(after);
      reading = begin(chunk, from, leavingOut);
    }
    return reading;
  };

  return async (after, limit, leavingOut = []) => {
    const reading = await readingAt(after, leavingOut);
    if (reading === null) {
      const page = await readPage(after, limit);
      if (page.events.length === limit) ends.put(keyOf(page.checkpoint, leavingOut), true);
      return page;
    }
    const { chunk, coming } = reading;
    const events = await chunk.take(limit);
    const { position = chunk.to } = events.at(-1) ?? {};
    const to = chunk.left() > 0 ? position : chunk.to;
    const checkpoint = `${chunk.epoch}/${to}`;
    const goesOn = chunk.left() > 0 || coming !== null;
    if (goesOn) readings.put(keyOf(checkpoint, leavingOut), reading);
    // Who comes to the log's end by what was read a while ago is not to wait there for news that came meanwhile.
    return { events, checkpoint, head: Math.max(to, goesOn ? chunk.head : await head()), to };
  };
};
