import type { JSX, TargetedSubmitEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatMoney } from '../shared/money.ts';
import { typedIn } from '../shared/typed-in.ts';
import type { Wishes } from './actions.ts';
import type { Desk } from './desk.ts';
import type { OrderView, ViewLine } from './order-view.ts';
import { ReasonDialog } from './reason-dialog.tsx';
import { SeatChooser } from './seat-chooser.tsx';

type Props = { readonly desk: Desk; readonly view: OrderView; readonly line: ViewLine };

const STATUS: { readonly [S in ViewLine['status']]: string } = {
  waiting: 'New',
  fired: 'Sent',
  started: 'Cooking',
  ready: 'Ready',
  served: 'Served',
  voided: 'Void',
};
const VOID_REASONS = ['Guest changed their mind', 'Wrong item entered', 'Took too long', 'Not as it should be', 'Sold out'];

export const LineRow = ({ desk, view, line }: Props): JSX.Element => {
  const [open, setOpen] = useState(false);
  const { name, quantity, price, status, pending, seat, note, voidReason } = line;
  return (
    <li class={`order-line ${status}`} data-line={name} data-status={status} data-pending={pending}>
      <div class="what">
        <span class="quantity">{quantity}</span>
        <span class="name">{status === 'voided' ? <s>{name}</s> : name}</span>
        <span class="price">{formatMoney({ amount: status === 'voided' ? 0 : price * quantity, currency: view.currency })}</span>
      </div>
      {note !== null && <p class="note">{note}</p>}
      <div class="details">
        <div class="about">
          {pending && status === 'fired' ? (
            <span class="chip pending">not yet in the kitchen</span>
          ) : (
            <span class={`chip ${status}`}>{STATUS[status]}</span>
          )}
          {pending && status !== 'fired' && <span class="chip pending">waiting</span>}
          {seat !== null && <span class="chip">Seat {seat}</span>}
          {status === 'voided' && voidReason !== null && <span>{voidReason}</span>}
        </div>
        {view.status === 'open' && status === 'waiting' && (
          <Editor desk={desk} view={view} line={line} open={open} toggle={() => setOpen(!open)} />
        )}
        {view.status === 'open' && status !== 'waiting' && status !== 'voided' && <Voider desk={desk} view={view} line={line} />}
      </div>
      {view.status === 'open' && status === 'waiting' && open && (
        <Wishing desk={desk} view={view} line={line} close={() => setOpen(false)} />
      )}
    </li>
  );
};

const changeIn =
  ({ desk, view, line }: Props) =>
  (wishes: Wishes): void =>
    void desk.outbox.add({ type: 'change-line', orderId: view.orderId, lineId: line.lineId, name: line.name, wishes });

const Editor = ({ open, toggle, ...props }: Props & { open: boolean; toggle: () => void }): JSX.Element => {
  const { desk, view, line } = props;
  const { lineId, name, quantity } = line;
  const change = changeIn(props);
  const fewer = (): void => {
    if (quantity > 1) change({ quantity: quantity - 1 });
    else desk.outbox.add({ type: 'remove-line', orderId: view.orderId, lineId, name });
  };
  return (
    <div class="editor">
      <button onClick={fewer} aria-label={quantity > 1 ? `One ${name} fewer` : `Remove ${name}`}>
        −
      </button>
      <button onClick={() => change({ quantity: quantity + 1 })} aria-label={`One more ${name}`}>
        +
      </button>
      <button aria-expanded={open} onClick={toggle} aria-label={`Note and seat for ${name}`}>
        Note
      </button>
    </div>
  );
};

const Wishing = ({ close, ...props }: Props & { close: () => void }): JSX.Element => {
  const { view, line } = props;
  const change = changeIn(props);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.scrollIntoView({ block: 'nearest' });
    form.current?.querySelector('input')?.focus({ preventScroll: true });
  }, []);
  const saveNote = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    const typed = typedIn(event)('note').trim();
    if (typed !== (line.note ?? '')) change({ note: typed === '' ? null : typed });
    close();
  };
  return (
    <form ref={form} class="wishes" onSubmit={saveNote}>
      {view.covers !== null && <SeatChooser label="Seat" covers={view.covers} seat={line.seat} choose={(seat) => change({ seat })} />}
      <input
        name="note"
        maxLength={400}
        defaultValue={line.note ?? ''}
        placeholder="Note to the kitchen, allergy …"
        aria-label={`Note for ${line.name}`}
      />
      <button class="primary" type="submit">
        Save
      </button>
    </form>
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
