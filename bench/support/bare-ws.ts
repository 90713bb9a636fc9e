import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** A yardstick for the live stream: sends as many bytes to all its clients, and does nothing else. */
export type BareTask = { readonly everyMs: number };

const ROW = { tableId: 'x'.repeat(36), locationId: 'x'.repeat(36), name: '12', section: null, seats: 4, state: 'seated', covers: 2 };

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', ({ everyMs }: BareTask) => {
  setInterval(() => {
    const frame = Buffer.from(
      JSON.stringify({ at: performance.timeOrigin + performance.now(), changes: [{ key: ROW.tableId, row: ROW }] }),
    );
    for (const client of server.clients) client.send(frame, { binary: false });
  }, everyMs);
});
process.on('disconnect', () => process.exit(0));
