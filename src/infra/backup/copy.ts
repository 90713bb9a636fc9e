import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Client, Submittable } from 'pg';

/** What pg's own connection can do, which its types leave out. */
type Connection = {
  readonly stream: Socket;
  readonly query: (text: string) => void;
  readonly sendCopyFromChunk: (chunk: Buffer) => void;
  readonly endCopyFrom: () => void;
  readonly sendCopyFail: (reason: string) => void;
};

/** pg hands the server's answers to these. */
type Answers = {
  readonly handleError: (error: Error) => void;
  readonly handleCommandComplete: (message: { readonly text: string }) => void;
  readonly handleReadyForQuery: () => void;
  readonly handleCopyData?: (message: { readonly chunk: Buffer }) => void;
  readonly handleCopyInResponse?: () => void;
};

const submit = (client: Client, text: string, answers: Answers, onSubmit: (connection: Connection) => void): void => {
  const copy = {
    ...answers,
    submit: (connection: unknown): void => {
      onSubmit(connection as Connection);
      (connection as Connection).query(text);
    },
  };
  client.query(copy as Submittable);
};

const ignored = (): void => undefined;
const CHUNK_BYTES = 64 * 1024;

/** What `copy … to stdout` gives, as fast as it is read and no faster. */
export const copyOut = (client: Client, text: string): Readable => {
  let connection: Connection | null = null;
  let rows: Buffer[] = [];
  let bytes = 0;
  const out = new Readable({ highWaterMark: 4 * CHUNK_BYTES, read: () => void connection?.stream.resume() });
  const flush = (): void => {
    if (bytes > 0 && !out.push(Buffer.concat(rows, bytes))) connection?.stream.pause();
    rows = [];
    bytes = 0;
  };
  submit(
    client,
    text,
    {
      handleCopyData: ({ chunk }) => {
        // pg writes the next rows over these.
        rows.push(Buffer.from(chunk));
        bytes += chunk.length;
        if (bytes >= CHUNK_BYTES) flush();
      },
      handleCommandComplete: flush,
      handleReadyForQuery: () => void out.push(null),
      handleError: (error) => void out.destroy(error),
    },
    (opened) => (connection = opened),
  );
  return out;
};

export type CopyIn = {
  /** Settles when more may be written. */
  readonly write: (chunk: Buffer) => Promise<void>;
  /** Answers how many rows went in. */
  readonly end: () => Promise<number>;
};

/** Feeds `copy … from stdin`. Throws what the server has against a row from whichever call comes next. */
export const copyIn = async (client: Client, text: string): Promise<CopyIn> => {
  const ready = Promise.withResolvers<Connection>();
  const done = Promise.withResolvers<number>();
  done.promise.catch(ignored);
  let connection: Connection | null = null;
  let count = 0;
  submit(
    client,
    text,
    {
      handleCopyInResponse: () => void (connection === null || ready.resolve(connection)),
      handleCommandComplete: (message) => void (count = Number(message.text.split(' ')[1])),
      handleReadyForQuery: () => done.resolve(count),
      handleError: (error) => {
        ready.reject(error);
        done.reject(error);
      },
    },
    (opened) => (connection = opened),
  );
  const { stream, sendCopyFromChunk, endCopyFrom } = await ready.promise.then((opened) => ({
    stream: opened.stream,
    sendCopyFromChunk: opened.sendCopyFromChunk.bind(opened),
    endCopyFrom: opened.endCopyFrom.bind(opened),
  }));
  return {
    write: async (chunk) => {
      sendCopyFromChunk(chunk);
      if (!stream.writableNeedDrain) return;
      const drained = new Promise<void>((resolve) => stream.once('drain', resolve));
      await Promise.race([drained, done.promise]);
    },
    end: () => {
      endCopyFrom();
      return done.promise;
    },
  };
};
