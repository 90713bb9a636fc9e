import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type FickleProxy = {
  readonly url: string;
  /** Connections there are now, whose first words say `text`, forward nothing any more, and are not closed; answers how many. */
  readonly silence: (text: string) => number;
  readonly connections: () => number;
  /** Closes one connection, the oldest. */
  readonly cutOne: () => void;
  /** Closes all connections, and refuses new ones until `admit`. */
  readonly shut: () => void;
  readonly admit: () => void;
  readonly close: () => Promise<void>;
};

type Link = { readonly end: () => void; said: string; silent: boolean };

/** Stands between a program and its server, and fails as networks do. */
export const fickleProxy = async (serverUrl: string): Promise<FickleProxy> => {
  const target = new URL(serverUrl);
  const links = new Set<Link>();
  let isShut = false;

  const server = createServer((client) => {
    if (isShut) return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
      links.delete(link);
    };
    const link: Link = { end, said: '', silent: false };
    links.add(link);
    // A link that is silent does not even tell that an end is gone.
    const ended = (): void => {
      if (!link.silent) end();
    };
    const forward = (from: Socket, to: Socket): void => {
      from.on('error', ended).on('close', ended);
      from.on('data', (data) => {
        if (from === client && link.said === '') link.said = data.toString('latin1');
        if (!link.silent) to.write(data);
      });
    };
    forward(client, upstream);
    forward(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const endAll = (): void => links.forEach(({ end }) => end());
  const url = new URL(serverUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    silence: (text) => {
      const chosen = [...links].filter(({ said, silent }) => said.includes(text) && !silent);
      for (const link of chosen) link.silent = true;
      return chosen.length;
    },
    connections: () => links.size,
    cutOne: () => [...links][0]?.end(),
    shut: () => {
      isShut = true;
      endAll();
    },
    admit: () => {
      isShut = false;
    },
    close: async () => {
      endAll();
      server.close();
      await once(server, 'close');
    },
  };
};
