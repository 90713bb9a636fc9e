import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatMoney } from '../shared/money.ts';
import { tableTitle } from '../shared/table-name.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import type { Desk } from './desk.ts';
import { LineRow } from './line-row.tsx';
import { unsent, type OrderView } from './order-view.ts';
import { PayDialog } from './pay-dialog.tsx';
import { SeatChooser } from './seat-chooser.tsx';
import type { TableView } from './tables-view.ts';

type Props = {
  readonly desk: Desk;
  readonly view: OrderView;
  readonly table: TableView | null;
  readonly seat: number | null;
  readonly setSeat: (seat: number | null) => void;
  readonly leave: () => void;
  readonly lower: () => void;
};

export const OrderPane = (props: Props): JSX.Element => {
  const { desk, view, table, seat, setSeat, leave, lower } = props;
  const { orderId, reference, tableName, covers, server, lines, status } = view;
  const [dialog, setDialog] = useState<'pay' | 'cancel' | null>(null);
  const fresh = unsent(view).reduce((sum, { quantity }) => sum + quantity, 0);
  const onItsWay = lines.some((line) => line.pending && line.status === 'fired');
  const close = (): void => setDialog(null);
  return (
    <section class="pane" aria-label="Order">
      <header>
        <button onClick={leave} aria-label="Back to the tables">
          ← Tables
        </button>
        <div class="title">
          <h1>{tableName === null ? 'Takeaway' : tableTitle(tableName)}</h1>
          <span>
            #{reference}
            {covers !== null && ` · ${covers} ${covers === 1 ? 'guest' : 'guests'}`}
            {server !== null && ` · ${server}`}
          </span>
        </div>
        <button class="lower" onClick={lower}>
          Menu
        </button>
      </header>
      {covers !== null && status === 'open' && <SeatChooser label="Next items for" covers={covers} seat={seat} choose={setSeat} />}
      <ul class="order-lines">
        {lines.length === 0 && <li class="hint">Tap items to add them.</li>}
        {lines.map((line) => (
          <LineRow key={line.lineId} desk={desk} view={view} line={line} />
        ))}
      </ul>
      <Sums view={view} />
      {status === 'open' ? (
        <footer>
          {lines.every((line) => line.status === 'waiting' || line.status === 'voided') && view.paid === 0 && (
            <button onClick={() => setDialog('cancel')}>Cancel order</button>
          )}
          <button class={fresh > 0 ? 'primary' : ''} disabled={fresh === 0} onClick={() => desk.outbox.add({ type: 'send', orderId })}>
            {fresh > 0 ? `Send ${fresh}` : onItsWay ? 'Not yet sent' : 'Sent'}
          </button>
          <button class={fresh === 0 ? 'primary' : ''} disabled={fresh > 0 || view.total === 0} onClick={() => setDialog('pay')}>
            Pay
          </button>
        </footer>
      ) : (
        <p class="ended" role="status">
          {status === 'closed' ? 'Paid and closed.' : 'Cancelled.'}
        </p>
      )}
      {dialog === 'pay' && <PayDialog desk={desk} view={view} table={table} close={close} leave={leave} />}
      {dialog === 'cancel' && <CancelDialog desk={desk} view={view} table={table} close={close} leave={leave} />}
    </section>
  );
};

const Sums = ({ view: { total, paid, balance, currency } }: { view: OrderView }): JSX.Element => (
  <dl class="sums">
    {paid > 0 && (
      <>
        <dt>Total</dt>
        <dd>{formatMoney({ amount: total, currency })}</dd>
        <dt>Paid</dt>
        <dd>{formatMoney({ amount: paid, currency })}</dd>
      </>
    )}
    <dt class="due">{paid > 0 ? 'Still to pay' : 'Total'}</dt>
    <dd class="due" data-balance={balance}>
      {formatMoney({ amount: balance, currency })}
    </dd>
  </dl>
);
