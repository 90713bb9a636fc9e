import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type CutOffProxy = {
  readonly url: string;
  /** The next request that says `text` reaches the server; its answer, and the connection, are lost. */
  readonly loseAnswerTo: (text: string) => void;
  /** How many answers were lost. */
  readonly lost: () => number;
  readonly close: () => Promise<void>;
};

/** Stands between a program and its server, and loses the answer to a request that came through. */
export const cutOffProxy = async (serverUrl: string): Promise<CutOffProxy> => {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let armed: string | null = null;
  let lost = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let cutting = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (request) => {
      if (armed !== null && request.includes(armed)) {
        armed = null;
        cutting = true;
      }
      upstream.write(request);
    });
    upstream.on('data', (answer) => {
      if (!cutting) return void client.write(answer);
      lost++;
      end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const url = new URL(serverUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    loseAnswerTo: (text) => {
      armed = text;
    },
    lost: () => lost,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
