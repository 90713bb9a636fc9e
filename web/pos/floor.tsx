import { v7 } from 'uuid';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useNow, useStore } from '../shared/hooks.ts';
import { formatMoney } from '../shared/money.ts';
import { elapsed, secondsSince } from '../shared/time.ts';
import type { NewOrder } from './actions.ts';
import type { Desk } from './desk.ts';
import { pendingAfter } from './pending.ts';
import { SeatDialog } from './seat-dialog.tsx';
import { TableDialog } from './table-dialog.tsx';
import type { TableView } from './tables-view.ts';
import { takeaways } from './takeaways.ts';
import { useOpenOrders } from './use-orders.ts';

type Props = { readonly desk: Desk; readonly tables: readonly TableView[] | null; readonly show: (orderId: string) => void };

const STATE: { readonly [State in TableView['state']]: string } = { available: 'Free', seated: 'Seated', ordered: 'Ordered', paid: 'Paid' };

export const Floor = ({ desk, tables, show }: Props): JSX.Element => {
  const [tapped, setTapped] = useState<string | null>(null);
  const table = tables?.find(({ tableId }) => tableId === tapped) ?? null;
  const tap = ({ tableId, openOrders }: TableView): void => {
    const [only, another] = openOrders;
    if (only !== undefined && another === undefined) show(only);
    else setTapped(tableId);
  };
  const sections = Map.groupBy(tables ?? [], ({ section }) => section ?? '');
  return (
    <main class="floor">
      <header class="bar">
        <h1>{desk.place.location.name}</h1>
        <span class="who">{desk.place.person.full_name}</span>
        {desk.place.chooseLocation !== null && <button onClick={desk.place.chooseLocation}>Other location</button>}
        <button onClick={desk.place.logOut}>Log out</button>
      </header>
      <Takeaways desk={desk} show={show} />
      {tables === null && <p class="hint">Loading the tables …</p>}
      {tables?.length === 0 && <p class="hint">There are no tables yet.</p>}
      {[...sections].map(([section, ofSection]) => (
        <section key={section} aria-label={section === '' ? 'Tables' : section}>
          <h2>{section === '' ? 'Tables' : section}</h2>
          <div class="tiles">
            {ofSection.map((one) => (
              <TableTile key={one.tableId} desk={desk} table={one} tap={() => tap(one)} />
            ))}
          </div>
        </section>
      ))}
      {table !== null && table.state === 'available' && <SeatDialog desk={desk} table={table} show={show} close={() => setTapped(null)} />}
      {table !== null && table.state !== 'available' && <TableDialog desk={desk} table={table} show={show} close={() => setTapped(null)} />}
    </main>
  );
};

const TableTile = ({ desk, table, tap }: { desk: Desk; table: TableView; tap: () => void }): JSX.Element => {
  const { clockOffset } = useStore(desk.place.live.state);
  const now = useNow() + clockOffset;
  const { name, state, seats, covers, seatedAt, pending, openOrders } = table;
  return (
    <button
      class={`tile table ${state}`}
      onClick={tap}
      data-table={name}
      data-state={state}
      aria-label={`Table ${name}, ${STATE[state]}${covers === null ? '' : `, ${covers} guests`}`}
    >
      <strong>{name}</strong>
      <span>
        {STATE[state]}
        {openOrders.length > 1 && ` · ${openOrders.length} orders`}
        {pending && ' · waiting'}
      </span>
      <span>
        {covers === null ? `${seats} seats` : `${covers} of ${seats}`}
        {seatedAt !== null && ` · ${elapsed(secondsSince(seatedAt, now))}`}
      </span>
    </button>
  );
};

const Takeaways = ({ desk, show }: Omit<Props, 'tables'>): JSX.Element => {
  const { place, entries, answered, outbox } = desk;
  const { projectionPosition } = useStore(place.live.state);
  const read = useOpenOrders(desk);
  const open = takeaways(read.value ?? [], pendingAfter(projectionPosition, entries, answered));
  const start = (): void => {
    const orderId = v7();
    const { locationId, currency } = place.location;
    const order: NewOrder = {
      type: 'open-order',
      orderId,
      locationId,
      currency,
      table: null,
      covers: null,
      server: place.person.full_name,
    };
    outbox.add(order);
    show(orderId);
  };
  return (
    <section aria-label="Takeaway">
      <h2>Takeaway</h2>
      {read.refusal !== null && <p class="refusal">{read.refusal}</p>}
      <div class="tiles">
        <button class="tile primary" onClick={start}>
          <strong>+ New</strong>
        </button>
        {open.map(({ orderId, reference, total, pending }) => (
          <button key={orderId} class="tile table ordered" onClick={() => show(orderId)}>
            <strong>#{reference}</strong>
            <span>
              {formatMoney(total)}
              {pending && ' · waiting'}
            </span>
          </button>
        ))}
      </div>
    </section>
  );
};
