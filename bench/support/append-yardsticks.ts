import { Client } from 'pg';
import { NO_TIMES, type Row } from '../report.ts';
import { appending } from './appending.ts';
import { closedLoop, type Paced } from './closed-loop.ts';
import { emmett, type EmmettModule } from './emmett.ts';
import { data, lineAdded } from './line-added.ts';
import { createYardstickTable, findPgbench } from './pgbench.ts';
import type { Server } from './server.ts';

export const CLIENTS = 64;
/** Of 10, 20 and 64 the number it is fastest with. */
const EMMETT_CONNECTIONS = 20;

export type Yardstick = { readonly name: string; readonly row: Row & { readonly perSecond: number } };
export type Yardsticks = {
  /** Measures each of them on databases of its own. */
  readonly measure: (server: Server, seconds: number) => Promise<readonly Yardstick[]>;
  /** Which are not to be had here, and why. */
  readonly notes: readonly string[];
};

const pgClients = async (url: string, seconds: number): Promise<Paced> => {
  const clients = Array.from({ length: CLIENTS }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  const insert = { name: 'insert', text: 'insert into yardstick (data) values ($1)', values: [JSON.stringify(data)] };
  const paced = await closedLoop(CLIENTS, seconds, async (writer) => void (await clients[writer]?.query(insert)));
  await Promise.all(clients.map((client) => client.end()));
  return paced;
};

const withEmmett = async ({ openEmmett }: EmmettModule, url: string, seconds: number): Promise<Paced> => {
  const { append, close } = await openEmmett(url, EMMETT_CONNECTIONS);
  const paced = await appending(CLIENTS, seconds, ({ name, revision }) => append(name, revision, lineAdded));
  await close();
  return paced;
};

/** What durable appends are set beside, with 64 writers each. */
export const appendYardsticks = async (): Promise<Yardsticks> => {
  const pgbench = findPgbench();
  const peer = await emmett();
  const at = `${CLIENTS} writers`;
  let nth = 0;
  return {
    measure: async (server, seconds) => {
      nth++;
      const plain = await server.database(`yardstick_${nth}`);
      await createYardstickTable(plain);
      const found: Yardstick[] = [];
      if (pgbench !== null) {
        const perSecond = await pgbench.perSecond(plain, CLIENTS, seconds);
        found.push({ name: 'pgbench', row: { what: `one row a commit, pgbench ${pgbench.version}`, at, ...NO_TIMES, perSecond } });
      }
      found.push({
        name: 'pg clients',
        row: { what: 'one row a commit, pg clients in Node', at, ...(await pgClients(plain, seconds)) },
      });
      if (typeof peer !== 'string') {
        const paced = await withEmmett(peer, await server.database(`emmett_${nth}`), seconds);
        found.push({ name: 'Emmett', row: { what: 'appends, Emmett', at, ...paced } });
      }
      return found;
    },
    notes: [
      ...(pgbench === null ? ['pgbench is not on this machine: the same rows from as many pg clients are the yardstick.'] : []),
      ...(typeof peer === 'string' ? [peer] : []),
    ],
  };
};

/** Of the same yardsticks, measured twice, whichever was faster. */
export const faster = (before: readonly Yardstick[], after: readonly Yardstick[]): readonly Yardstick[] =>
  before.map((one) => {
    const again = after.find(({ name }) => name === one.name);
    return again !== undefined && again.row.perSecond > one.row.perSecond ? again : one;
  });
