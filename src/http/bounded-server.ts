import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './client-address.ts';

export type ServerBounds = {
  /** Until a request's head is there, and until all of it is; milliseconds. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly connections: number;
  /** Null: they are not counted, as behind a proxy, from which all come. */
  readonly connectionsPerAddress: number | null;
};

const KEEP_ALIVE_MS = 65_000;
/** Nothing read and nothing written: whoever asked for an export and does not read it. */
const SILENT_MS = 120_000;
const CHECK_MS = 1_000;
const MOST_HEADERS = 100;

/** Ends a connection over the bound before a byte of it is read. */
const boundPerAddress = (server: Server, most: number): void => {
  const open = new Map<string, number>();
  server.prependListener('connection', (socket: Socket) => {
    const address = networkOf(socket.remoteAddress ?? 'unknown');
    const count = (open.get(address) ?? 0) + 1;
    if (count > most) return void socket.destroy();
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
};

/** An HTTP server on which slow and many clients wear themselves out, not us. */
export const boundedServer = (bounds: ServerBounds, listener: RequestListener): Server => {
  const options = {
    headersTimeout: Math.min(bounds.headersMs, bounds.requestMs),
    requestTimeout: bounds.requestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CHECK_MS,
  };
  const server = createServer(options, listener);
  server.timeout = SILENT_MS;
  server.maxHeadersCount = MOST_HEADERS;
  server.maxConnections = bounds.connections;
  if (bounds.connectionsPerAddress !== null) boundPerAddress(server, bounds.connectionsPerAddress);
  return server;
};
