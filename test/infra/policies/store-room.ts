import { randomUUID } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { pino } from 'pino';
import { aggregateCache } from '../../../src/commands/aggregate-cache.ts';
import { executor } from '../../../src/commands/execute.ts';
import { commandSender, type SendCommand } from '../../../src/commands/policies/send-command.ts';
import type { EventStore, LogEvent, Metadata } from '../../../src/commands/ports.ts';
import { START } from '../../../src/commands/ports.ts';
import { commandNamed } from '../../../src/commands/registry.ts';
import type { DomainCommand } from '../../../src/domain/commands.ts';
import { postgresEventStore } from '../../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { locationId } from '../../support/canonical-events.ts';
import { testDatabase } from '../../support/postgres.ts';

export const silent = pino({ level: 'silent' });
const clock = { now: () => new Date('2026-03-01T20:00:00Z') };

/** A database with its log, and the commands on it. */
export type StoreRoom = {
  readonly ownerUrl: string;
  readonly pool: Pool;
  readonly store: EventStore;
  readonly send: SendCommand;
  readonly defineItem: (stockItemId: string, onHand: number, reorderPoint: number) => Promise<void>;
  /** A ticket of a new order, of one line that takes a piece of each item. Answers the order's id. */
  readonly startTicket: (...stockItemIds: readonly string[]) => Promise<string>;
  readonly events: (type: string) => Promise<readonly LogEvent[]>;
  readonly asOwner: (sql: string) => Promise<readonly { readonly [column: string]: unknown }[]>;
  readonly close: () => Promise<void>;
};

export const metadata: Metadata = {
  commandId: 'command',
  commandType: 'StartTicket',
  correlationId: 'request',
  causationId: null,
  actor: { userId: 'ana', roles: ['cook'], terminalId: null },
  locationId,
  occurredAt: '2026-03-01T19:59:00.000Z',
  traceParent: null,
  schemaVersion: 1,
};

export const openStoreRoom = async (): Promise<StoreRoom> => {
  const { url, close } = await testDatabase();
  const room = await storeRoomOn(url);
  return {
    ...room,
    close: async () => {
      await room.close();
      await close();
    },
  };
};

/** One more process on a store room's database. */
export const storeRoomOn = async (ownerUrl: string): Promise<StoreRoom> => {
  const pool = openPool(ownerUrl, { name: 'test', max: 4, log: silent });
  const store = postgresEventStore({ pool, url: ownerUrl });
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  const send = commandSender(
    executor({ store, cache: aggregateCache(store, clock), clock, newId: randomUUID, onlyLocation: async () => null }),
    commandNamed,
  );
  const order = async (command: DomainCommand): Promise<void> => {
    const cause = { sender: 'test', key: randomUUID(), eventId: 'none', correlationId: 'none', occurredAt: null, traceParent: null };
    const sent = await send(command, cause);
    if (sent.kind !== 'done') throw new Error(`${command.type}: ${JSON.stringify(sent)}`);
  };

  return {
    ownerUrl,
    pool,
    store,
    send,
    defineItem: async (stockItemId, onHand, reorderPoint) => {
      const pieces = (amount: number) => ({ amount, unit: 'piece' as const });
      const par = pieces(1_000_000);
      await order({
        type: 'DefineStockItem',
        data: { stockItemId, locationId, name: 'Buns', displayUnit: 'piece', par, reorderPoint: pieces(reorderPoint) },
      });
      await order({ type: 'ReceiveStock', data: { stockItemId, quantity: pieces(onHand), cost: null, reference: null } });
    },
    startTicket: async (...stockItemIds) => {
      const orderId = randomUUID();
      const ingredients = stockItemIds.map((stockItemId) => ({ stockItemId, quantity: 1 }));
      const data = { orderId, ticketId: `${orderId}.1`, uses: [{ lineId: randomUUID(), recipeVersion: 1, ingredients }] };
      const events = [{ type: 'OrderTicketStarted', data }];
      const result = await store.append({ stream: `Order-${orderId}`, expected: 0, events, metadata, receipt: null });
      if (result.kind !== 'appended') throw new Error(`The ticket was not started: ${result.kind}`);
      return orderId;
    },
    events: async (type) => (await wholeLog(store)).filter((event) => event.type === type),
    asOwner: async (sql) => (await owner.query<{ [column: string]: unknown }>(sql)).rows,
    close: async () => {
      await store.close();
      await pool.end();
      await owner.end();
    },
  };
};

const wholeLog = async (store: EventStore): Promise<readonly LogEvent[]> => {
  const events: LogEvent[] = [];
  let checkpoint = START;
  for (;;) {
    const page = await store.readLog(checkpoint, 1_000);
    if (page.events.length === 0) return events;
    events.push(...page.events);
    checkpoint = page.checkpoint;
  }
};

/** Orders whose ticket took something, once for each time it was taken. */
export const consumedBy = async (room: StoreRoom): Promise<readonly string[]> =>
  (await room.events('StockItemConsumed')).flatMap(({ data }) =>
    (data as { uses: readonly { orderId: string }[] }).uses.map(({ orderId }) => orderId),
  );

type Rows = Promise<readonly { readonly [column: string]: unknown }[]>;
export const outboxOf = (room: StoreRoom): Rows => room.asOwner('select id, queue, name, data, cause from outbox order by number');
export const refusalsIn = (room: StoreRoom): Rows =>
  room.asOwner('select policy, effect, position::int, command_type, code from policy_refusals order by position, effect');
