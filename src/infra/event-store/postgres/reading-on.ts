import type { Checkpoint, LogPage } from '../../../commands/ports.ts';
import { StaleCheckpoint } from '../stale-checkpoint.ts';
import type { Chunk } from './chunks.ts';
import { parseCheckpoint } from './reads.ts';

type ReadPage = (after: Checkpoint, limit: number) => Promise<LogPage>;
type ReadChunk = (from: number, limit: number) => Promise<Chunk>;
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

/** Pages as they are; but who reads on where a full page ended reads much of the log, and is given pages out of chunks read ahead. */
export const readingOn = ({ page: readPage, chunk: readChunk, head }: Needs): ReadPage => {
  const ends = lastOnes<true>();
  const readings = lastOnes<Reading>();

  const begin = (chunk: Chunk, from: number): Reading => {
    const coming = chunk.count < CHUNK ? null : readChunk(from + chunk.count, CHUNK);
    coming?.catch(() => undefined);
    return { chunk, coming };
  };

  const readingAt = async (after: Checkpoint): Promise<Reading | null> => {
    const known = readings.take(after);
    if (known !== undefined && known.chunk.left() > 0) return known;
    if (known === undefined && ends.take(after) === undefined) return null;
    const { epoch, position } = parseCheckpoint(after);
    const chunk = await (known?.coming ?? readChunk(position, CHUNK));
    if (epoch !== chunk.epoch || position > chunk.head + chunk.count) throw new StaleCheckpoint(after);
    return begin(chunk, position);
  };

  return async (after, limit) => {
    const reading = await readingAt(after);
    if (reading === null) {
      const page = await readPage(after, limit);
      if (page.events.length === limit) ends.put(page.checkpoint, true);
      return page;
    }
    const { chunk, coming } = reading;
    const events = await chunk.take(limit);
    const { position = parseCheckpoint(after).position } = events.at(-1) ?? {};
    const checkpoint = `${chunk.epoch}/${position}`;
    const goesOn = chunk.left() > 0 || coming !== null;
    if (goesOn) readings.put(checkpoint, reading);
    // Who comes to the log's end by what was read a while ago is not to wait there for news that came meanwhile.
    return { events, checkpoint, head: Math.max(position, goesOn ? chunk.head : await head()) };
  };
};
