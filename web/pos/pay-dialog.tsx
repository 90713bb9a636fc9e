import { v7 } from 'uuid';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from '../shared/dialog.tsx';
import { formatMoney } from '../shared/money.ts';
import type { Desk } from './desk.ts';
import type { OrderView } from './order-view.ts';
import { Card, Cash, type Taking } from './pay-forms.tsx';
import { releaseWith } from './release.ts';
import type { TableView } from './tables-view.ts';

type Props = {
  readonly desk: Desk;
  readonly view: OrderView;
  readonly table: TableView | null;
  readonly close: () => void;
  readonly leave: () => void;
};
type Taken = { readonly change: number; readonly settled: boolean };

export const PayDialog = ({ desk, view, table, close, leave }: Props): JSX.Element => {
  const { orderId, balance, currency } = view;
  const [kind, setKind] = useState<'cash' | 'card'>('cash');
  const [taken, setTaken] = useState<Taken | null>(null);
  const money = (amount: number): string => formatMoney({ amount, currency });

  const take: Taking = (payment, change) => {
    const settled = payment.amount === balance;
    const tendered = desk.outbox.add({ type: 'tender', orderId, payment: { ...payment, tenderId: v7(), currency } });
    if (settled) releaseWith(desk, view, table, desk.outbox.add({ type: 'close', orderId }, tendered));
    if (settled && change === 0) leave();
    else setTaken({ change, settled });
  };
  const finish = (): void => {
    releaseWith(desk, view, table, desk.outbox.add({ type: 'close', orderId }));
    leave();
  };

  if (taken !== null) {
    return (
      <Dialog title="Payment taken" close={taken.settled ? leave : close}>
        {taken.change > 0 && (
          <p class="change">
            Give back <strong>{money(taken.change)}</strong>
          </p>
        )}
        {!taken.settled && <p class="change">Still to pay: {money(balance)}</p>}
        <button class="primary" onClick={taken.settled ? leave : () => setTaken(null)}>
          {taken.settled ? 'Done' : 'Next payment'}
        </button>
      </Dialog>
    );
  }
  if (balance <= 0) {
    return (
      <Dialog title="Nothing left to pay" close={close}>
        <button class="primary" onClick={finish}>
          Close the order
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog title={`To pay: ${money(balance)}`} close={close}>
      <div class="kinds" role="group" aria-label="Kind of payment">
        <button aria-pressed={kind === 'cash'} onClick={() => setKind('cash')}>
          Cash
        </button>
        <button aria-pressed={kind === 'card'} onClick={() => setKind('card')}>
          Card
        </button>
      </div>
      {kind === 'cash' ? <Cash view={view} take={take} /> : <Card view={view} take={take} />}
    </Dialog>
  );
};
