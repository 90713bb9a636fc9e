import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { WebSocket, WebSocketServer } from 'ws';
import { onTheWire } from '../../../src/http/live/frames.ts';

describe('A frame on the wire', () => {
  for (const length of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
    it(`is read by others as the text it is (${length} bytes)`, async () => {
      const text = 'x'.repeat(length);
      const sockets = new WebSocketServer({ noServer: true });
      const server = createServer();
      server.on('upgrade', (request, socket, head) => {
        sockets.handleUpgrade(request, socket, head, () => {
          socket.write(onTheWire(Buffer.from(text)));
          socket.write(onTheWire(Buffer.from('next')));
        });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const read: [string, boolean][] = [];
      const both = Promise.withResolvers<void>();
      client.on('message', (data, isBinary) => {
        if (read.push([(data as Buffer).toString(), isBinary]) === 2) both.resolve();
      });
      client.on('error', both.reject);
      await both.promise;
      expect(read[0]?.[0] === text).to.equal(true);
      expect([read[0]?.[1], read[1]]).to.deep.equal([false, ['next', false]]);
      client.terminate();
      server.close();
    });
  }

  it('is made once for all', () => {
    const frame = Buffer.from('for all');
    expect(onTheWire(frame)).to.equal(onTheWire(frame));
  });
});
