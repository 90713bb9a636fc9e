import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ratio, say, told, type Measured, type Options, type Row } from './report.ts';
import { bareKoa, emmettKoa, loadFrom } from './support/children.ts';
import { emmett, EMMETT_APP } from './support/emmett.ts';
import { startAllInOne, startFleet, type Fleet } from './support/fleet.ts';
import type { Load } from './support/http-load.ts';
import { anonymousRequests, requestsTo, type OrderRequests } from './support/order-requests.ts';
import { withServer } from './support/server.ts';
import { settled } from './support/settled.ts';

/** The command path over HTTP, end to end, beside a Koa app that only parses and validates, and the same app on Emmett. */
const ORDERS = 2000;
const CONNECTIONS = [1, 16, 64];
const CROWD = { orders: 1000, connections: 200 };
const AT_ONCE = { orders: 1000, warmups: 4, bursts: 16 };
const WARMUP_SECONDS = 2;

type App = {
  readonly what: string;
  readonly port: number;
  readonly requests: OrderRequests;
  /** Once nothing is left to do of what was asked before. */
  readonly settle: () => Promise<void>;
};
type Figures = { readonly [load: string]: Load };
type Loads = { readonly seconds: number; readonly connections: readonly number[]; readonly crowds: boolean };

const nothingLeft = (): Promise<void> => Promise.resolve();
const ids = (count: number): readonly string[] => Array.from({ length: count }, () => randomUUID());

type Steady = { readonly seconds: number; readonly connections: number; readonly orders: number; readonly noted?: boolean };

/** Lines added to orders opened for it, so that none has more history than the others. */
const steady = async ({ port, requests, settle }: App, { seconds, connections, orders, noted = false }: Steady): Promise<Load> => {
  const orderIds = ids(orders);
  const opened = await loadFrom({ kind: 'bursts', port, connections: 50, requests: requests.open(orderIds), warmups: 0 });
  if (opened.refused > 0) throw new Error(`${opened.refused} orders could not be opened`);
  await settle();
  const added = noted ? requests.addNotedLines(orderIds) : requests.addLines(orderIds);
  return loadFrom({ kind: 'steady', port, connections, seconds, warmupSeconds: WARMUP_SECONDS, requests: added });
};

const openedAtOnce = ({ port, requests }: App): Promise<Load> => {
  const { orders, warmups, bursts } = AT_ONCE;
  return loadFrom({ kind: 'bursts', port, connections: orders, requests: requests.open(ids(orders * bursts)), warmups });
};

const measure = async (app: App, { seconds, connections, crowds }: Loads): Promise<Figures> => {
  const figures: Record<string, Load> = {};
  const take = async (at: string, load: () => Promise<Load>): Promise<void> => {
    say(`${app.what}, ${at}`);
    figures[at] = await load();
  };
  for (const count of connections) {
    await take(count === 1 ? '1 connection' : `${count} connections`, () => steady(app, { seconds, connections: count, orders: ORDERS }));
  }
  if (!crowds) return figures;
  await take('64 connections, each line with a note', () => steady(app, { seconds, connections: 64, orders: ORDERS, noted: true }));
  await take('1,000 orders opened at once', () => openedAtOnce(app));
  await take('200 connections, 1,000 open orders', () => steady(app, { seconds, ...CROWD }));
  return figures;
};

const rowsOf = (what: string, figures: Figures): readonly Row[] => Object.entries(figures).map(([at, load]) => ({ what, at, ...load }));

/** Of requests a second, how many times as many; of orders opened at once, how many times as long the slowest hundredth waits. */
const beside = (rows: readonly Row[], yardsticks: { readonly [name: string]: Figures }): readonly Row[] =>
  rows.map((row) => ({
    ...row,
    beside: Object.fromEntries(
      Object.entries(yardsticks).flatMap(([name, figures]) => {
        const yardstick = figures[row.at];
        if (yardstick === undefined) return [];
        return row.at.includes('at once')
          ? [[`${name}’s p99`, ratio(row.p99Ms ?? Number.NaN, yardstick.p99Ms)]]
          : [[name, ratio(row.perSecond ?? Number.NaN, yardstick.perSecond)]];
      }),
    ),
  }));

type Ours = {
  readonly what: string;
  readonly databaseUrl: string;
  readonly start: (databaseUrl: string) => Promise<Fleet>;
  /** While it is measured nothing runs but the API: read models stand still, policies and screens wait. */
  readonly alone?: boolean;
};

const ours = async ({ what, databaseUrl, start, alone = false }: Ours, loads: Loads): Promise<readonly Row[]> => {
  const fleet = await start(databaseUrl);
  try {
    const requests = await requestsTo(fleet.api);
    if (alone) await fleet.leaveApiAlone();
    const settle = alone ? nothingLeft : () => settled(databaseUrl);
    const app = { what, port: Number(new URL(fleet.api.baseUrl).port), requests, settle };
    return rowsOf(what, await measure(app, loads));
  } finally {
    await fleet.stop();
  }
};

const bare = async (loads: Loads): Promise<Figures> => {
  const { port, stop } = await bareKoa();
  const figures = await measure({ what: 'bare Koa', port, requests: anonymousRequests(), settle: nothingLeft }, loads);
  stop();
  return figures;
};

const onEmmett = async (databaseUrl: string, loads: Loads): Promise<Figures | string> => {
  const peer = await emmett();
  if (typeof peer === 'string') return peer;
  const { port, stop } = await emmettKoa(EMMETT_APP, databaseUrl);
  const figures = await measure({ what: 'Emmett', port, requests: anonymousRequests(), settle: nothingLeft }, loads);
  stop();
  return figures;
};

export const commandsOverHttp = ({ seconds }: Pick<Options, 'seconds'>): Promise<Measured> =>
  withServer({ durable: true }, async (server) => {
    const all: Loads = { seconds, connections: CONNECTIONS, crowds: true };
    const koa = await bare(all);
    const peer = await onEmmett(await server.database('emmett'), { seconds, connections: [64], crowds: false });
    const apiAlone = await ours(
      { what: 'commands, API alone', databaseUrl: await server.database('alone'), start: startFleet, alone: true },
      all,
    );
    const inFleet = await ours(
      { what: 'commands, API in a process of its own', databaseUrl: await server.database('fleet'), start: startFleet },
      all,
    );
    const inOne = await ours(
      { what: 'commands, all roles in one process', databaseUrl: await server.database('one'), start: startAllInOne },
      all,
    );
    const yardsticks = { 'bare Koa': koa, ...(typeof peer === 'string' ? {} : { Emmett: peer }) };
    return {
      rows: [
        ...rowsOf('bare Koa with the same schemas', koa),
        ...(typeof peer === 'string' ? [] : rowsOf('the same Koa app on Emmett', peer)),
        ...beside([...apiAlone, ...inFleet, ...inOne], yardsticks),
      ],
      notes: [
        server.settings,
        'API alone: nothing else runs meanwhile, so that read models stand still. API in a process of its own: in a second process beside it read models are kept, policies and jobs work and screens are served, on the same processors.',
        ...(typeof peer === 'string' ? [peer] : []),
      ],
    };
  });

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } });
  console.log(told(await commandsOverHttp({ seconds: Number(values.seconds) })));
}
