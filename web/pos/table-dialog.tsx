import type { JSX } from 'preact';
import { Dialog } from '../shared/dialog.tsx';
import { tableTitle } from '../shared/table-name.ts';
import type { Desk } from './desk.ts';
import { openAt } from './seat-dialog.tsx';
import type { TableView } from './tables-view.ts';

type Props = { readonly desk: Desk; readonly table: TableView; readonly show: (orderId: string) => void; readonly close: () => void };

/** For a table with guests but not just one open order: choose an order, open one, or free the table. */
export const TableDialog = ({ desk, table, show, close }: Props): JSX.Element => {
  const { tableId, name, covers, openOrders } = table;
  const release = (): void => {
    desk.outbox.add({ type: 'release-table', tableId, tableName: name });
    close();
  };
  return (
    <Dialog title={tableTitle(name)} close={close}>
      <div class="choices">
        {openOrders.map((orderId) => (
          <button key={orderId} class="choice" onClick={() => show(orderId)}>
            Order #{orderId.slice(-4).toUpperCase()}
          </button>
        ))}
        <button class="choice" onClick={() => show(openAt(desk, table, covers))}>
          New order
        </button>
        {openOrders.length === 0 && (
          <button class="choice" onClick={release}>
            Release the table
          </button>
        )}
      </div>
    </Dialog>
  );
};
