import { v7 } from 'uuid';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Menu, MenuItem } from '../shared/contract.ts';
import type { Loaded } from '../shared/hooks.ts';
import { formatMoney } from '../shared/money.ts';
import type { Desk } from './desk.ts';
import { MenuTiles } from './menu-tiles.tsx';
import { OrderPane } from './order-pane.tsx';
import { lineForMore, orderView, type OrderView } from './order-view.ts';
import { pendingOn } from './pending.ts';
import type { TableView } from './tables-view.ts';
import { useOrder } from './use-orders.ts';

type Props = {
  readonly desk: Desk;
  readonly menu: Loaded<Menu>;
  readonly tables: readonly TableView[];
  readonly orderId: string;
  readonly show: (orderId: string | null) => void;
};

export const OrderScreen = ({ desk, menu, tables, orderId, show }: Props): JSX.Element => {
  const order = useOrder(desk, orderId);
  const view = orderView(order.value, pendingOn(orderId, order.value, desk.entries, desk.answered));
  if (view === null) {
    return (
      <main class="floor">
        <p class={order.refusal === null ? 'hint' : 'refusal'} role="status">
          {order.refusal ?? 'Loading the order …'}
        </p>
        <button onClick={() => show(null)}>Back to the tables</button>
      </main>
    );
  }
  return (
    <OpenOrder
      desk={desk}
      menu={menu}
      view={view}
      table={tables.find(({ tableId }) => tableId === view.tableId) ?? null}
      leave={() => show(null)}
    />
  );
};

type OpenProps = {
  readonly desk: Desk;
  readonly menu: Loaded<Menu>;
  readonly view: OrderView;
  readonly table: TableView | null;
  readonly leave: () => void;
};

const OpenOrder = ({ desk, menu, view, table, leave }: OpenProps): JSX.Element => {
  const [seat, setSeat] = useState<number | null>(null);
  const [paneUp, setPaneUp] = useState(false);
  const { orderId } = view;

  const add = ({ menuItemId, name, price }: MenuItem): void => {
    const more = lineForMore(view, menuItemId, seat);
    if (more === null) {
      desk.outbox.add({ type: 'add-line', orderId, lineId: v7(), menuItemId, name, quantity: 1, seat, price: price.amount });
    } else {
      desk.outbox.add({ type: 'change-line', orderId, lineId: more.lineId, name, wishes: { quantity: more.quantity + 1 } });
    }
  };
  const count = view.lines.reduce((sum, { status, quantity }) => (status === 'voided' ? sum : sum + quantity), 0);
  return (
    <main class={paneUp ? 'order pane-up' : 'order'}>
      <MenuTiles menu={menu} add={add} disabled={view.status !== 'open'} />
      <OrderPane desk={desk} view={view} table={table} seat={seat} setSeat={setSeat} leave={leave} lower={() => setPaneUp(false)} />
      <button class="raise primary" onClick={() => setPaneUp(true)}>
        Order · {count} {count === 1 ? 'item' : 'items'} · {formatMoney({ amount: view.total, currency: view.currency })}
      </button>
    </main>
  );
};
