import type { JSX, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { formatMoney } from '../shared/money.ts';
import type { Wishes } from './actions.ts';
import type { Desk } from './desk.ts';
import type { OrderView, ViewLine } from './order-view.ts';
import { ReasonDialog } from './reason-dialog.tsx';
import { SeatChooser } from './seat-chooser.tsx';

type Props = { readonly desk: Desk; readonly view: OrderView; readonly line: ViewLine };

const STATUS: { readonly [S in ViewLine['status']]: string } = { waiting: 'New', fired: 'Sent', started: 'Cooking', ready: 'Ready', served: 'Served', voided: 'Void' };
const VOID_REASONS = ['Guest changed their mind', 'Wrong item entered', 'Took too long', 'Not as it should be', 'Sold out'];

export const LineRow = ({ desk, view, line }: Props): JSX.Element => {
  const { name, quantity, price, status, pending, seat, note, voidReason } = line;
  return (
    <li class={`order-line ${status}`} data-line={name} data-status={status} data-pending={pending}>
      <div class="what">
        <span class="quantity">{quantity}</span>
        <span class="name">{status === 'voided' ? <s>{name}</s> : name}</span>
        <span class="price">{formatMoney({ amount: status === 'voided' ? 0 : price * quantity, currency: view.currency })}</span>
      </div>
      <div class="about">
        <span class={`chip ${status}`}>{STATUS[status]}</span>
        {pending && <span class="chip pending">waiting</span>}
        {seat !== null && <span class="chip">Seat {seat}</span>}
        {note !== null && <span class="note">{note}</span>}
        {status === 'voided' && voidReason !== null && <span>{voidReason}</span>}
      </div>
      {view.status === 'open' && (status === 'waiting' ? <Editor desk={desk} view={view} line={line} /> : status !== 'voided' && <Voider desk={desk} view={view} line={line} />)}
    </li>
  );
};

const Editor = ({ desk, view, line }: Props): JSX.Element => {
  const [open, setOpen] = useState(false);
  const { orderId } = view;
  const { lineId, name, quantity, seat, note } = line;
  const change = (wishes: Wishes): void => void desk.outbox.add({ type: 'change-line', orderId, lineId, name, wishes });
  const fewer = (): void => {
    if (quantity > 1) change({ quantity: quantity - 1 });
    else desk.outbox.add({ type: 'remove-line', orderId, lineId, name });
  };
  const saveNote = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get('note')).trim();
    if (typed !== (note ?? '')) change({ note: typed === '' ? null : typed });
    setOpen(false);
  };
  return (
    <>
      <div class="editor">
        <button onClick={fewer} aria-label={quantity > 1 ? `One ${name} fewer` : `Remove ${name}`}>
          −
        </button>
        <button onClick={() => change({ quantity: quantity + 1 })} aria-label={`One more ${name}`}>
          +
        </button>
        <button aria-expanded={open} onClick={() => setOpen(!open)} aria-label={`Note and seat for ${name}`}>
          Note · seat
        </button>
      </div>
      {open && (
        <form class="wishes" onSubmit={saveNote}>
          {view.covers !== null && <SeatChooser label="Seat" covers={view.covers} seat={seat} choose={(chosen) => change({ seat: chosen })} />}
          <input name="note" maxLength={400} defaultValue={note ?? ''} placeholder="Note to the kitchen, allergy …" aria-label={`Note for ${name}`} autofocus />
          <button class="primary" type="submit">
            Save
          </button>
        </form>
      )}
    </>
  );
};

const Voider = ({ desk, view, line }: Props): JSX.Element => {
  const [asking, setAsking] = useState(false);
  const { orderId } = view;
  const { lineId, name, quantity } = line;
  return (
    <>
      <div class="editor">
        <button onClick={() => setAsking(true)} aria-label={`Void ${name}`}>
          Void
        </button>
      </div>
      {asking && (
        <ReasonDialog
          title={`Void ${quantity} ${name}: why?`}
          reasons={VOID_REASONS}
          give={(reason) => void desk.outbox.add({ type: 'void-line', orderId, lineId, name, reason })}
          close={() => setAsking(false)}
        />
      )}
    </>
  );
};
