import { randomUUID } from 'node:crypto';
import { closedLoop, type Paced } from './closed-loop.ts';

type Stream = { readonly name: string; revision: number };
/** Appends one event to a stream that is at the revision, or throws. */
export type AppendTo = (stream: Readonly<Stream>) => Promise<void>;
export type Appending = (writers: number, seconds: number, append: AppendTo) => Promise<Paced>;

const STREAMS_PER_WRITER = 8;

/** To streams that are there: every writer has some of his own and knows how far they are, so that no append is refused. */
export const appending: Appending = async (writers, seconds, append) => {
  const streams = Array.from({ length: writers * STREAMS_PER_WRITER }, () => ({ name: `Order-${randomUUID()}`, revision: 0 }));
  const to = async (nth: number): Promise<void> => {
    const stream = streams[nth];
    if (stream === undefined) throw new Error('A writer without a stream');
    await append(stream);
    stream.revision++;
  };
  for (let nth = 0; nth < STREAMS_PER_WRITER; nth++) {
    await Promise.all(Array.from({ length: writers }, (_, writer) => to(writer * STREAMS_PER_WRITER + nth)));
  }
  return closedLoop(writers, seconds, (writer, nth) => to(writer * STREAMS_PER_WRITER + (nth % STREAMS_PER_WRITER)));
};

/** Each append begins a stream. */
export const beginning: Appending = (writers, seconds, append) =>
  closedLoop(writers, seconds, () => append({ name: `Order-${randomUUID()}`, revision: 0 }));
