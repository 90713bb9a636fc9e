import { expect } from 'chai';
import fc from 'fast-check';
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import type { EventStore, Metadata } from '../../../src/commands/ports.ts';
import type { DomainEvent } from '../../../src/domain/events.ts';
import type { RowChange } from '../../../src/http/live/ports.ts';
import { postgresEventStore } from '../../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { committed } from '../../../src/infra/projections/committed.ts';
import { liveFeed } from '../../../src/infra/projections/feed.ts';
import { startProjector, type Projector } from '../../../src/infra/projections/projector.ts';
import { allDay } from '../../../src/projections/all-day.ts';
import { kitchenBoard } from '../../../src/projections/kitchen-board.ts';
import type { Projection } from '../../../src/projections/projection.ts';
import { canonicalEvents, locationId } from '../../support/canonical-events.ts';
import { enterLive, type LiveClient } from '../../support/live-client.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';
import { liveUnderTest, owner, type UnderTest } from './live-under-test.ts';
import { expectFaithful } from './witness.ts';

const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const projections = [kitchenBoard, allDay] as unknown as readonly Projection[];
const metadata: Metadata = {
  commandId: v7(),
  commandType: 'SendOrder',
  correlationId: v7(),
  causationId: null,
  actor: { userId: 'server', roles: ['server'], terminalId: null },
  locationId,
  occurredAt: null,
  traceParent: null,
  schemaVersion: 1,
};

type Station = 'grill' | 'cold';
type Script = { readonly station: Station; readonly framesPerVisit: readonly number[] };
type Fired = { readonly station: Station; readonly steps: number };
const [hamburger] = canonicalEvents.OrderLinesFired.data.tickets.flatMap(({ lines }) => lines);
if (hamburger === undefined) throw new Error('The canonical order fires no line');

/** A ticket's life at a station: fired, started, ready, bumped, recalled, bumped again. */
const lifeOf = (orderId: string, stationId: Station): readonly DomainEvent[] => {
  const { header } = canonicalEvents.OrderLinesFired.data;
  const ticketId = `${orderId}.1`;
  const lines = [hamburger];
  const passed = { orderId, locationId, stationId, ticketId, lines };
  return [
    { type: 'OrderLinesFired', data: { orderId, header, tickets: [{ ticketId, stationId, prepSeconds: 60, lines }] } },
    { type: 'OrderTicketStarted', data: { ...canonicalEvents.OrderTicketStarted.data, orderId, ticketId } },
    { type: 'OrderTicketReady', data: { orderId, ticketId, lineIds: [hamburger.lineId] } },
    { type: 'OrderTicketBumped', data: passed },
    { type: 'OrderTicketRecalled', data: passed },
    { type: 'OrderTicketBumped', data: passed },
  ];
};

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((turn) => setImmediate(turn));
};

describe('Live stream over the database', () => {
  let database: TestDatabase;
  let pool: Pool;
  let store: EventStore;
  let projector: Projector;
  let closeFeed: () => Promise<void>;
  let under: UnderTest;

  before(async () => {
    database = await testDatabase();
    pool = openPool(database.url, { name: 'test', max: 6, log });
    store = postgresEventStore({ pool, url: database.url });
    const metrics = { folded: silent, lag: silent, parked: silent, gap: silent };
    const told = committed();
    projector = startProjector({ ownerUrl: database.url, store, projections, committed: told, log, metrics });
    const feed = await liveFeed({ pool, url: database.url, projections, head: store.head, committed: told, log });
    closeFeed = feed.close;
    under = await liveUnderTest(feed);
    await fire('grill', 4);
    await until(async () => (await feed.position()) > 0);
  });
  after(async () => {
    await under.stop();
    await closeFeed();
    await projector.stop();
    await store.close();
    await pool.end();
    await database.close();
  });

  const append = async (event: DomainEvent, orderId: string, expected: number): Promise<number> => {
    const appended = await store.append({ stream: `Order-${orderId}`, expected, events: [event], metadata, receipt: null });
    if (appended.kind !== 'appended') throw new Error(`Not appended: ${appended.kind}`);
    return appended.position;
  };

  /** A new ticket taken some steps through its life; answers its id. */
  const fire = async (station: Station, steps: number): Promise<string> => {
    const orderId = v7();
    for (const [step, event] of lifeOf(orderId, station).slice(0, steps).entries()) await append(event, orderId, step);
    return `${orderId}.1`;
  };

  const subscribed = async (station: Station, after: number | null): Promise<LiveClient> => {
    const client = await enterLive(under.url, under.ticket(owner));
    client.send({ type: 'subscribe', id: 'board', topic: 'kitchen', locationId, station, ...(after !== null && { after }) });
    return client;
  };

  const positionOf = ({ frames }: LiveClient): number | null => {
    const last = frames.findLast((frame) => 'position' in frame);
    return last !== undefined && 'position' in last ? last.position : null;
  };

  const changesWritten = async (): Promise<readonly RowChange[]> => {
    const { rows } = await pool.query<RowChange>(
      'select position::float8 as position, projection, key, row from row_changes order by row_changes.position, ordinal',
    );
    return rows.filter(({ projection }) => projection === 'kitchen_board');
  };

  const shows = (client: LiveClient, ticketId: string) =>
    client.next('changes', ({ changes }) => changes.some(({ key }) => key === ticketId));

  it('shows each display all changes once and in order, however often it leaves and comes back', async () => {
    const station = fc.constantFrom<Station>('grill', 'cold');
    const scripts = fc.array(
      fc.record({ station, framesPerVisit: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 }) }),
      { minLength: 3, maxLength: 5 },
    );
    const orders = fc.array(fc.record({ station, steps: fc.integer({ min: 1, max: 6 }) }), { minLength: 15, maxLength: 30 });
    const run = async (displays: readonly Script[], fired: readonly Fired[]): Promise<void> => {
      const written = Promise.all(
        [0, 1, 2].map(async (writer) => {
          for (const [index, { station, steps }] of fired.entries()) if (index % 3 === writer) await fire(station, steps);
        }),
      );

      const visits = await Promise.all(
        displays.map(async ({ station, framesPerVisit }) => {
          const connections: LiveClient[] = [];
          for (const frames of framesPerVisit) {
            const client = await subscribed(station, connections.length === 0 ? null : positionOf(connections.at(-1) as LiveClient));
            connections.push(client);
            await client.next(connections.length === 1 ? 'snapshot' : 'resumed');
            await Promise.race([written, client.next('changes', () => client.frames.length >= frames)]);
            client.vanish();
          }
          const last = await subscribed(station, positionOf(connections.at(-1) as LiveClient));
          await last.next('resumed');
          return { station, connections: [...connections, last] };
        }),
      );
      await written;
      const marks = { grill: await fire('grill', 1), cold: await fire('cold', 1) };
      for (const { station, connections } of visits) await shows(connections.at(-1) as LiveClient, marks[station]);

      const all = await changesWritten();
      const end = await store.head();
      for (const { station, connections } of visits) {
        for (const [index, { frames }] of connections.entries()) {
          expectFaithful(frames, 'board', all, { locationId, station }, index === connections.length - 1 ? end : 0);
          const resumed = frames.find((frame) => frame.type === 'resumed');
          if (index > 0) expect(resumed?.position).to.equal(positionOf(connections[index - 1] as LiveClient));
        }
        connections.at(-1)?.vanish();
      }
    };
    await fc.assert(fc.asyncProperty(scripts, orders, run), { numRuns: 6, endOnFailure: true });
  });

  it('sends a snapshot to who comes back after the feed has forgotten', async () => {
    const first = await subscribed('grill', null);
    const { position } = await first.next('snapshot');
    first.vanish();
    const ticketId = await fire('grill', 1);
    const watching = await subscribed('grill', null);
    if (!(await watching.next('snapshot')).rows.some((row) => row['ticketId'] === ticketId)) await shows(watching, ticketId);
    watching.vanish();
    await pool.query(
      'with gone as (delete from row_changes returning position) update row_changes_forgotten set position = (select max(position) from gone)',
    );
    await until(() => under.live.connections() === 0);
    const again = await subscribed('grill', position);
    expect((await again.next('snapshot')).rows.map((row) => row['ticketId'])).to.include(ticketId);
    again.vanish();
  });

  it('sends a snapshot, and then goes on, when a read model was rebuilt', async () => {
    const display = await subscribed('cold', null);
    const { rows } = await display.next('snapshot');
    await projector.rebuild('kitchen_board');
    await until(async () => (await pool.query('select from projection_checkpoints where building')).rowCount === 0);
    under.turn(1000);
    expect((await display.next('snapshot')).rows).to.have.deep.members([...rows]);
    const ticketId = await fire('cold', 1);
    await shows(display, ticketId);
    const position = positionOf(display);
    display.vanish();
    const again = await subscribed('cold', position);
    expect(await again.next('resumed')).to.include({ position });
    again.vanish();
  });
});
