import { useEffect, useState } from 'preact/hooks';
import type { Order } from '../../src/queries/orders.ts';
import type { Page } from '../shared/contract.ts';
import { Refused, SignedOut, Unreachable } from '../shared/failures.ts';
import type { Desk } from './desk.ts';

const AGAIN_MS = 3_000;

/** `refusal`: why the server does not show it. */
export type Read<Value> = { readonly value: Value | null; readonly refusal: string | null };

/** Reads again and again while it is looked at, because others work on the same orders; at once when this terminal changed something. */
const useReread = <Value>(
  desk: Desk,
  about: string,
  exists: boolean,
  read: (query: string) => Promise<Value>,
  newer: (before: Value, now: Value) => Value,
): Read<Value> => {
  const [held, setHeld] = useState<Read<Value> & { about: string }>({ value: null, refusal: null, about });
  const position = Math.max(0, ...desk.answered.map(({ answer }) => answer.position));
  useEffect(() => {
    if (!exists) return;
    let timer = 0;
    let wanted = true;
    const attempt = async (): Promise<void> => {
      try {
        const now = await read(position === 0 ? '' : `&min-position=${position}`);
        if (wanted)
          setHeld((before) => ({
            value: before.value === null || before.about !== about ? now : newer(before.value, now),
            refusal: null,
            about,
          }));
      } catch (failure) {
        if (failure instanceof SignedOut || failure instanceof Unreachable) return;
        if (!(failure instanceof Refused)) throw failure;
        if (wanted) setHeld({ value: null, refusal: failure.message, about });
      }
    };
    const again = async (): Promise<void> => {
      await attempt();
      if (wanted) timer = window.setTimeout(() => void again(), AGAIN_MS);
    };
    void again();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [about, exists, position]);
  return held.about === about ? held : { value: null, refusal: null };
};

/** The server's order; without a value until it is read, or while it is opened offline. */
export const useOrder = (desk: Desk, orderId: string): Read<Order> => {
  const opened = !desk.entries.some(({ action }) => action.type === 'open-order' && action.orderId === orderId);
  return useReread(
    desk,
    orderId,
    opened,
    (query) => desk.place.api.query<Order>(`/orders/${orderId}?${query.slice(1)}`),
    (before, now) => (before.revision > now.revision ? before : now),
  );
};

export const useOpenOrders = (desk: Desk): Read<readonly Order[]> => {
  const { api, location } = desk.place;
  return useReread(
    desk,
    'open orders',
    true,
    async (query) => (await api.query<Page<Order>>(`/orders?status=open&limit=200&locationId=${location.locationId}${query}`)).items,
    (_before, now) => now,
  );
};
