import { Query, type ClientBase, type Connection } from 'pg';

/** What @types/pg leaves out. */
type Copying = Connection & { readonly sendCopyFromChunk: (chunk: Buffer) => void; readonly endCopyFrom: () => void };

/** pg's own query, but that it sends what is copied at once: a server that refuses the statement passes over it. */
class CopyQuery extends Query {
  constructor(text: string, data: Buffer, done: (error: Error | null | undefined) => void) {
    super(text, done);
    this.submit = (connection) => {
      const { sendCopyFromChunk, endCopyFrom } = connection as Copying;
      connection.query(text);
      sendCopyFromChunk.call(connection, data);
      endCopyFrom.call(connection);
    };
  }

  handleCopyInResponse(): void {}
}

/** Runs a COPY FROM STDIN in one round trip, on a pipelined connection too. */
export const copyIn = (client: ClientBase, text: string, data: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    client.query(new CopyQuery(text, data, (error) => (error === null || error === undefined ? resolve() : reject(error))));
  });
