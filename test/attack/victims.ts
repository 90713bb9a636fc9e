import { randomUUID } from 'node:crypto';
import type { Restaurant } from '../support/restaurant.ts';
import type { TestServer } from '../support/server.ts';
import type { Victims } from './room.ts';

const SECRET = 'only-for-our-eyes';

/** An evening at the victims' location, with something of every kind that has an id. */
export const drive = async ({ owner, locationId }: TestServer, { hamburgerId, beefId, tableId }: Restaurant): Promise<Victims> => {
  const [orderId, shiftId] = [randomUUID(), randomUUID()];
  const send = async (method: string, path: string, body: object): Promise<{ readonly [name: string]: unknown }> => {
    const answer = await owner<{ readonly position: number }>(method, path, { body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await send('POST', '/orders', { orderId, locationId, orderType: 'dine-in', tableId, covers: 2, reference: SECRET });
  const added = await send('POST', `/orders/${orderId}/lines`, { lines: [{ menuItemId: hamburgerId, quantity: 1, note: SECRET }] });
  await send('POST', `/orders/${orderId}/send`, {});
  await send('POST', '/shifts', { shiftId, locationId });
  await send('POST', `/stock-items/${beefId}/waste`, { quantity: { amount: 2, unit: 'kg' }, reason: 'spoiled', note: SECRET });
  const [lineId = ''] = added['lineIds'] as readonly string[];
  const ids = {
    orderId,
    lineId,
    tableId,
    shiftId,
    menuItemId: hamburgerId,
    stockItemId: beefId,
    locationId,
    ticketId: `${orderId}.1`,
    stationId: 'grill',
    categoryId: 'american',
    alertId: await alertOf(owner, beefId),
  };
  return { ids, secrets: [SECRET, locationId, orderId, shiftId, hamburgerId, beefId, tableId] };
};

/** Raised by a policy, which goes on by itself: asked for until it is there. */
const alertOf = async (owner: TestServer['owner'], beefId: string): Promise<string> => {
  for (;;) {
    const { body } = await owner<{ readonly items: readonly { readonly alertId: string; readonly stockItemId: string }[] }>(
      'GET',
      '/alerts',
    );
    const alert = body.items.find(({ stockItemId }) => stockItemId === beefId);
    if (alert !== undefined) return alert.alertId;
  }
};
