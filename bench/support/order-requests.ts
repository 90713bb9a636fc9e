import { randomUUID } from 'node:crypto';
import { connect } from '../../src/client/api.ts';
import type { Program } from '../../test/support/program.ts';
import { request } from './http-load.ts';

/** Makes the requests that an order app is measured with. */
export type OrderRequests = {
  readonly open: (orderIds: readonly string[]) => readonly string[];
  readonly addLines: (orderIds: readonly string[]) => readonly string[];
  /** Each with a note, which is personal data and sealed. */
  readonly addNotedLines: (orderIds: readonly string[]) => readonly string[];
};

type Known = { readonly locationId: string; readonly menuItemId: string; readonly token: string | null };
export type Prepared = Known & { readonly token: string };

const requestsWith = ({ locationId, menuItemId, token }: Known): OrderRequests => {
  const headers: { readonly [name: string]: string } = token === null ? {} : { authorization: `Bearer ${token}` };
  const line = { menuItemId, quantity: 1, seat: 1 };
  const adding =
    (lines: readonly object[]): OrderRequests['addLines'] =>
    (orderIds) =>
      orderIds.map((orderId) => request(`/api/v1/orders/${orderId}/lines`, { lines }, headers));
  return {
    open: (orderIds) => orderIds.map((orderId) => request('/api/v1/orders', { orderId, locationId, orderType: 'takeaway' }, headers)),
    addLines: adding([line]),
    addNotedLines: adding([{ ...line, note: 'no onions, allergy: sesame' }]),
  };
};

/** For an app that asks for no token and knows no menu; the same bytes but for these. */
export const anonymousRequests = (): OrderRequests => requestsWith({ locationId: randomUUID(), menuItemId: randomUUID(), token: null });

/** Gives the program a menu of one item, and logs in. */
export const prepare = async ({ baseUrl, owner }: Program): Promise<Prepared> => {
  const api = await connect({ url: baseUrl, ...owner });
  const { items } = await api.get<{ readonly items: readonly { readonly locationId: string }[] }>('locations');
  const locationId = items[0]?.locationId ?? '';
  await api.send('PUT', `locations/${locationId}/stations/grill`, { name: 'Grill', warnSeconds: 480, lateSeconds: 720 }, randomUUID());
  await api.send('PUT', `locations/${locationId}/categories/mains`, { name: 'Mains' }, randomUUID());
  const menuItemId = randomUUID();
  const item = {
    menuItemId,
    locationId,
    name: 'Grilled halloumi burger',
    categoryId: 'mains',
    stationId: 'grill',
    price: { amount: 1450, currency: 'USD' },
    prepSeconds: 600,
    recipe: [],
  };
  await api.send('POST', 'menu-items', item, randomUUID());
  const login = await fetch(`${baseUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(owner),
  });
  const { access_token: token } = (await login.json()) as { readonly access_token: string };
  return { locationId, menuItemId, token };
};

export const requestsTo = async (program: Program): Promise<OrderRequests> => requestsWith(await prepare(program));
