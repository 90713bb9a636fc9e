import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TableRow } from '../../src/projections/table-map.ts';
import { remember, remembered } from '../shared/address.ts';
import type { Menu } from '../shared/contract.ts';
import { useLoaded, useStore } from '../shared/hooks.ts';
import { painted } from '../shared/painted.ts';
import type { Place } from '../shared/place.ts';
import { noRows } from '../shared/topic-rows.ts';
import { useDesk } from './desk.ts';
import { Floor } from './floor.tsx';
import { OrderScreen } from './order-screen.tsx';
import { OutboxBar } from './outbox-bar.tsx';
import { pendingAfter } from './pending.ts';
import { tablesView } from './tables-view.ts';

/** The order looked at stays in the address, so that a reload comes back to it. */
export const Pos = ({ place }: { place: Place }): JSX.Element => {
  const desk = useDesk(place);
  const { api, live, location } = place;
  const { locationId } = location;
  const menu = useLoaded(() => api.query<Menu>(`/menu?locationId=${locationId}`), locationId);
  const [orderId, setOrderId] = useState(remembered('order'));
  const [rows, setRows] = useState(noRows<TableRow>());
  const { projectionPosition } = useStore(live.state);
  useEffect(() => {
    const topic = live.subscribe<TableRow>({ topic: 'tables', locationId }, ({ tableId }) => tableId);
    const seen = painted(setRows);
    const unwatch = topic.rows.watch(seen.offer);
    return () => {
      unwatch();
      seen.stop();
      topic.stop();
    };
  }, [live, locationId]);

  const show = (shown: string | null): void => {
    remember('order', shown);
    setOrderId(shown);
  };
  const shownTo = Math.max(rows.position ?? 0, projectionPosition);
  const tables = tablesView(rows.rows.values(), pendingAfter(shownTo, desk.entries, desk.answered));
  return (
    <>
      <OutboxBar desk={desk} />
      {orderId === null ? (
        <Floor desk={desk} tables={rows.position === null ? null : tables} show={show} />
      ) : (
        <OrderScreen key={orderId} desk={desk} menu={menu} tables={tables} orderId={orderId} show={show} />
      )}
    </>
  );
};
