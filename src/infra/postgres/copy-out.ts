import { Query, type ClientBase, type QueryResult } from 'pg';

type Answer = QueryResult | readonly QueryResult[];

/** pg's own query, but for what is copied, which that one passes over. */
class CopyQuery extends Query {
  readonly #onData: (chunk: Buffer) => void;

  constructor(text: string, onData: (chunk: Buffer) => void, done: (error: Error | null | undefined, answer: Answer) => void) {
    super(text, done as never);
    this.#onData = onData;
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.#onData(chunk);
  }
}

/**
 * Runs statements without parameters, one of which is a COPY TO STDOUT, in one round trip. What is copied comes in chunks, a row
 * each, which are overwritten once `onData` returns. Answers the results of all statements.
 */
export const copyOut = (client: ClientBase, text: string, onData: (chunk: Buffer) => void): Promise<readonly QueryResult[]> =>
  new Promise((resolve, reject) => {
    let failure: unknown = null;
    const take = (chunk: Buffer): void => {
      if (failure !== null) return;
      try {
        onData(chunk);
      } catch (error) {
        failure = error;
      }
    };
    const done = (error: Error | null | undefined, answer: Answer): void => {
      const cause = error ?? failure;
      if (cause === null) resolve([answer].flat());
      else reject(cause);
    };
    client.query(new CopyQuery(text, take, done));
  });
