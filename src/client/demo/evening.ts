import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiProblem, type Api } from '../api.ts';
import type { Location } from '../import/set-up.ts';
import { dishes, tables, type DemoDish } from './restaurant.ts';
import { dishIdFor, tableIdFor } from './set-up.ts';

export type Evening = {
  readonly api: Api;
  readonly location: Location;
  readonly speed: number;
  readonly minutes: number;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly tell: (line: string) => void;
};

const MINUTES_BETWEEN_PARTIES = 2;

/** A repeatable source of chance (mulberry32), numbers in [0, 1). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Parties arrive, eat and pay until the evening is over; the last ones finish. */
export const playEvening = async (evening: Evening): Promise<{ readonly parties: number }> => {
  const free = new Set(tables.map(({ name }) => name));
  const parties: Promise<void>[] = [];
  for (let minute = 0; minute < evening.minutes && !evening.signal.aborted; minute += MINUTES_BETWEEN_PARTIES * (0.5 + evening.random())) {
    const table = tables.find(({ name }) => free.has(name) && evening.random() < 0.6) ?? null;
    if (table !== null) free.delete(table.name);
    parties.push(
      party(evening, parties.length + 1, table).finally(() => {
        if (table !== null) free.add(table.name);
      }),
    );
    await wait(evening, MINUTES_BETWEEN_PARTIES);
  }
  await Promise.all(parties);
  return { parties: parties.length };
};

const wait = async ({ speed, signal }: Evening, minutes: number): Promise<void> => {
  await pause((minutes * 60_000) / speed, undefined, { signal }).catch(() => undefined);
};

const post = (evening: Evening, path: string, body: object): Promise<unknown> => evening.api.send('POST', path, body, randomUUID());

type Visit = { readonly orderId: string; tickets: number };

const party = async (evening: Evening, number: number, table: (typeof tables)[number] | null): Promise<void> => {
  const { location, random, tell } = evening;
  const covers = table === null ? 1 : Math.min(table.seats, 2 + Math.floor(random() * 4));
  const orderId = randomUUID();
  const tableId = table === null ? undefined : tableIdFor(location.locationId, table.name);
  try {
    if (tableId !== undefined) await post(evening, `tables/${tableId}/seat`, { covers });
    await post(evening, 'orders', {
      orderId,
      locationId: location.locationId,
      orderType: table === null ? 'takeaway' : 'dine-in',
      covers,
      reference: `D${number}`,
      ...(tableId === undefined ? {} : { tableId }),
    });
    tell(`D${number}: ${covers} ${table === null ? 'to take away' : `at table ${table.name}`}`);
    const visit: Visit = { orderId, tickets: 0 };
    for (const course of table === null ? (['main'] as const) : (['drink', 'starter', 'main', 'dessert'] as const))
      await eat(evening, visit, course, covers);
    const order = await evening.api.get<{ readonly balance: { readonly amount: number } }>(
      `orders/${orderId}?min-position=${await lastPosition(evening, orderId)}`,
    );
    if (order.balance.amount === 0) await post(evening, `orders/${orderId}/cancel`, { reason: 'nothing was eaten' });
    else {
      const card = random() < 0.7 ? { kind: 'card', lastFour: String(1000 + Math.floor(random() * 9000)) } : { kind: 'cash' };
      await post(evening, `orders/${orderId}/tenders`, { ...card, amount: order.balance });
      await post(evening, `orders/${orderId}/close`, {});
    }
    if (tableId !== undefined) await post(evening, `tables/${tableId}/release`, {});
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    tell(`D${number}: ${error.message}`);
  }
};

/** Sending again what was sent changes nothing and tells where the log is. */
const lastPosition = async (evening: Evening, orderId: string): Promise<number> =>
  ((await post(evening, `orders/${orderId}/send`, {})) as { readonly position: number }).position;

const eat = async (evening: Evening, visit: Visit, course: DemoDish['course'], covers: number): Promise<void> => {
  const { random, location } = evening;
  const offered = dishes.filter((dish) => dish.course === course);
  const chosen = Array.from({ length: covers }, () => offered[Math.floor(random() * offered.length)]).filter(
    (dish) => dish !== undefined && (course === 'main' || random() < 0.7),
  ) as readonly DemoDish[];
  if (chosen.length === 0) return;
  const lines = chosen.map((dish, index) => ({
    lineId: randomUUID(),
    menuItemId: dishIdFor(location.locationId, dish.id),
    quantity: 1,
    seat: index + 1,
    ...(random() < 0.1 ? { note: 'allergy: nuts' } : {}),
  }));
  await post(evening, `orders/${visit.orderId}/lines`, { lines });
  await post(evening, `orders/${visit.orderId}/send`, {});
  const fired = [...new Set(chosen.map((dish) => dish.station))];
  const first = visit.tickets;
  visit.tickets += fired.length;
  const [dropped] = lines;
  if (dropped !== undefined && lines.length > 1 && random() < 0.04)
    await post(evening, `orders/${visit.orderId}/lines/${dropped.lineId}/void`, { reason: 'guest changed his mind' });
  await Promise.all(
    fired.map((station, index) =>
      cook(
        evening,
        `${visit.orderId}.${first + index + 1}`,
        chosen.filter((dish) => dish.station === station),
      ),
    ),
  );
  await wait(evening, course === 'drink' ? 3 : 12);
};

const cook = async (evening: Evening, ticketId: string, on: readonly DemoDish[]): Promise<void> => {
  const prepMinutes = Math.max(...on.map((dish) => dish.prepMinutes));
  await wait(evening, 1 + evening.random() * 3);
  await post(evening, `kitchen/tickets/${ticketId}/start`, {});
  await wait(evening, prepMinutes * (0.7 + evening.random() * 1.1));
  await post(evening, `kitchen/tickets/${ticketId}/bump`, {});
  if (evening.random() < 0.03) {
    await post(evening, `kitchen/tickets/${ticketId}/recall`, {});
    await wait(evening, 2);
    await post(evening, `kitchen/tickets/${ticketId}/bump`, {});
  }
};
