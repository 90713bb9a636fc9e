import { parseArgs } from 'node:util';
import { postgresEventStore } from '../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../src/infra/postgres/connect.ts';
import { eventsOf, ratio, say, told, NO_TIMES, type Measured, type Options, type Row } from './report.ts';
import { emmett } from './support/emmett.ts';
import { fillerOf, type Filler } from './support/fill.ts';
import { lineAdded } from './support/line-added.ts';
import { forgetReadModels, project, type Projected } from './support/projector.ts';
import { log, withServer, type Server } from './support/server.ts';

/** How fast read models are built from the log, all at once and one alone, and what an event costs those that are a little behind. */
const ALONE = 'orders';
const SHORTER = [10_000, 100_000];
const BEHIND = 20_000;
/** Streams and events, and the batches Emmett reads: with more of either it is no faster. */
const EMMETT = { streams: 200, perStream: 20, event: lineAdded, batchSize: 1000 };

const perSecond = (events: number, ms: number): number => Math.round((events * 1000) / ms);

const built = (length: number, at: string, { atEndMs, memoryMb, alone }: Projected): readonly Row[] => [
  { what: 'building all read models', at, perSecond: perSecond(length, atEndMs), ...NO_TIMES, memoryMb },
  ...(alone === null
    ? []
    : [{ what: `building ${ALONE} alone`, at, perSecond: perSecond(length, alone.ms), ...NO_TIMES, memoryMb: alone.memoryMb }]),
];

/** Without the first page: that it took to start is no cost of an event. */
const caughtUp = (at: string, { pages }: Projected): Row => {
  const [first, ...others] = pages;
  const last = others.at(-1);
  if (first === undefined || last === undefined) throw new Error('The projector had nothing to catch up with');
  const events = others.reduce((sum, page) => sum + page.events, 0);
  return { what: `catching up with ${eventsOf(BEHIND)}`, at, perSecond: perSecond(events, last.atMs - first.atMs), ...NO_TIMES };
};

const filling = async <T>(url: string, work: (filler: Filler) => Promise<T>): Promise<T> => {
  const pool = openPool(url, { name: 'bench', max: 4, log });
  const store = postgresEventStore({ pool, url });
  try {
    return await work(await fillerOf(store));
  } finally {
    await store.close();
    await pool.end();
  }
};

const buildAt = async (url: string, { fillTo }: Filler, length: number, at: string): Promise<readonly Row[]> => {
  say(`filling a log with ${at}`);
  await fillTo(length);
  await forgetReadModels(url);
  return built(length, at, await project(`read models of ${at}`, { ownerUrl: url, alone: ALONE }));
};

const onDurable = async (server: Server, events: number): Promise<readonly Row[]> => {
  const url = await server.migrated('ours');
  return filling(url, async (filler) => {
    const rows: Row[] = [];
    for (const length of [...SHORTER.filter((shorter) => shorter < events), events]) {
      rows.push(...(await buildAt(url, filler, length, eventsOf(length))));
      await filler.fillTo(length + BEHIND);
      rows.push(caughtUp(eventsOf(length), await project('catching up', { ownerUrl: url, alone: null })));
    }
    return rows;
  });
};

const withoutFsync = (events: number): Promise<readonly Row[]> =>
  withServer({ durable: false }, async (server) => {
    const url = await server.migrated('ours');
    return filling(url, (filler) => buildAt(url, filler, events, `${eventsOf(events)}, fsync off`));
  });

export const rebuilds = async ({ events }: Pick<Options, 'events'>): Promise<Measured> => {
  const durable = await withServer({ durable: true }, async (server): Promise<Measured> => {
    const peer = await emmett();
    if (typeof peer === 'string') return { rows: await onDurable(server, events), notes: [server.settings, peer] };
    say('Emmett’s rebuild');
    const theirs = await peer.rebuildWithEmmett(await server.database('emmett'), EMMETT);
    const rows = (await onDurable(server, events)).map((row) => ({
      ...row,
      beside: { Emmett: ratio(row.perSecond ?? Number.NaN, theirs) },
    }));
    const at = eventsOf(EMMETT.streams * EMMETT.perStream);
    return { rows: [{ what: 'Emmett builds one read model', at, perSecond: theirs, ...NO_TIMES }, ...rows], notes: [server.settings] };
  });
  const memory = 'Memory is the projector’s process: once a quarter was done, and the most after that.';
  return { rows: [...durable.rows, ...(await withoutFsync(events))], notes: [...durable.notes, memory] };
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { events: { type: 'string', default: '1000000' } } });
  console.log(told(await rebuilds({ events: Number(values.events) })));
}
