// Emmett's PostgreSQL event store through its public API and with its own defaults, as its guide shows it.
// Not TypeScript, since its packages are there only once the benchmarks have installed them (../support/emmett.ts).
import { CommandHandler, STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore, pongoSingleStreamProjection, rebuildPostgreSQLProjections } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';

const initialOrder = () => ({ status: 'unknown', lines: 0 });

const evolve = (order, { type, data }) =>
  type === 'OrderOpened' ? { ...order, status: 'open' } : { ...order, lines: order.lines + (data.lines?.length ?? 1) };

const open = async (url, connections) => {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  pool.on('error', () => undefined);
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } });
  await store.schema.migrate();
  const close = async () => {
    await store.close();
    if (!pool.ended) await pool.end();
  };
  return { store, close };
};

/** Appends of one event to a stream that holds so many. */
export const openEmmett = async (url, connections) => {
  const { store, close } = await open(url, connections);
  const append = async (stream, expected, event) => {
    const expectedStreamVersion = expected === 0 ? STREAM_DOES_NOT_EXIST : BigInt(expected);
    await store.appendToStream(stream, [event], { expectedStreamVersion });
  };
  return { append, close };
};

const toEvent = {
  OpenOrder: (order, data) => {
    if (order.status !== 'unknown') throw new Error('The order is open already');
    return { type: 'OrderOpened', data };
  },
  AddOrderLines: (order, data) => {
    if (order.status !== 'open') throw new Error('The order is not open');
    return { type: 'OrderLinesAdded', data };
  },
};

/** The same two commands that the benchmarks send to us, on its command handler. */
export const openEmmettCommands = async (url, connections) => {
  const { store } = await open(url, connections);
  const handle = CommandHandler({ evolve, initialState: initialOrder });
  return async (type, data) => {
    const { nextExpectedStreamVersion, ...rest } = await handle(store, `order-${data.orderId}`, (order) => toEvent[type](order, data));
    const position = rest.lastEventGlobalPosition ?? nextExpectedStreamVersion;
    return { id: data.orderId, revision: Number(nextExpectedStreamVersion), position: Number(position) };
  };
};

/** Streams of so many events each, folded anew into a row a stream. Answers events a second. */
export const rebuildWithEmmett = async (url, { streams, perStream, event, batchSize }) => {
  const projection = pongoSingleStreamProjection({
    collectionName: 'order_view',
    canHandle: [event.type],
    initialState: initialOrder,
    evolve,
  });
  const { store, close } = await open(url, 20);
  for (let nth = 0; nth < streams; nth++) {
    const events = Array.from({ length: perStream }, () => event);
    await store.appendToStream(`order-${nth}`, events, { expectedStreamVersion: STREAM_DOES_NOT_EXIST });
  }
  const consumer = rebuildPostgreSQLProjections({
    connectionString: url,
    pulling: { batchSize },
    projections: [{ projection, processorId: `rebuild-${batchSize}`, startFrom: 'BEGINNING' }],
  });
  const started = performance.now();
  await consumer.start();
  const seconds = (performance.now() - started) / 1000;
  await consumer.close();
  const asker = new pg.Client({ connectionString: url });
  await asker.connect();
  const { rows } = await asker.query('select count(*)::int as rows from order_view');
  await asker.end();
  await close();
  if (rows[0].rows !== streams) throw new Error(`Emmett's read model has ${rows[0].rows} orders and not ${streams}`);
  return Math.round((streams * perStream) / seconds);
};
