import { v7 } from 'uuid';
import type { JSX } from 'preact';
import { Dialog } from '../shared/dialog.tsx';
import { tableTitle } from '../shared/table-name.ts';
import type { NewOrder } from './actions.ts';
import type { Desk } from './desk.ts';
import type { TableView } from './tables-view.ts';

const FEWEST_CHOICES = 8;

/** An order for the guests at a table; answers its id, known at once. `needs`: what must be accepted first. */
export const openAt = ({ outbox, place }: Desk, { tableId, name }: TableView, covers: number | null, needs?: string): string => {
  const orderId = v7();
  const { locationId, currency } = place.location;
  const order: NewOrder = {
    type: 'open-order',
    orderId,
    locationId,
    currency,
    table: { tableId, tableName: name },
    covers,
    server: place.person.full_name,
  };
  outbox.add(order, needs);
  return orderId;
};

type Props = { readonly desk: Desk; readonly table: TableView; readonly show: (orderId: string) => void; readonly close: () => void };

export const SeatDialog = ({ desk, table, show, close }: Props): JSX.Element => {
  const choices = Array.from({ length: Math.max(FEWEST_CHOICES, table.seats + 2) }, (_, index) => index + 1);
  const seat = (covers: number): void => {
    const seated = desk.outbox.add({ type: 'seat-table', tableId: table.tableId, tableName: table.name, covers });
    show(openAt(desk, table, covers, seated));
  };
  return (
    <Dialog title={`${tableTitle(table.name)}: how many guests?`} close={close}>
      <div class="numbers">
        {choices.map((covers) => (
          <button key={covers} onClick={() => seat(covers)} aria-label={`${covers} ${covers === 1 ? 'guest' : 'guests'}`}>
            {covers}
          </button>
        ))}
      </div>
    </Dialog>
  );
};
