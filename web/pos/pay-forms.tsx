import type { JSX, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { amountText, formatMoney } from '../shared/money.ts';
import { typedIn } from '../shared/typed-in.ts';
import type { Payment } from './actions.ts';
import type { OrderView } from './order-view.ts';
import { card, cash } from './payment.ts';

/** `change` goes back to the guest; minor units. */
export type Taking = (payment: Omit<Payment, 'tenderId' | 'currency'>, change: number) => void;
type FormProps = { readonly view: OrderView; readonly take: Taking };

export const Cash = ({ view: { balance, currency }, take }: FormProps): JSX.Element => {
  const [why, setWhy] = useState<string | null>(null);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    const checked = cash(typedIn(event)('received'), balance, currency);
    if (checked.ok) take({ kind: 'cash', amount: checked.payment.amount, tip: 0, lastFour: null }, checked.payment.change);
    else setWhy(checked.why);
  };
  return (
    <>
      <button class="primary exact" onClick={() => take({ kind: 'cash', amount: balance, tip: 0, lastFour: null }, 0)}>
        Exact: {formatMoney({ amount: balance, currency })}
      </button>
      <form class="payment" onSubmit={submit}>
        <label>
          Other amount received
          <input name="received" inputMode="decimal" autocomplete="off" />
        </label>
        <Why why={why} />
        <button type="submit">Take cash</button>
      </form>
    </>
  );
};

export const Card = ({ view: { balance, currency }, take }: FormProps): JSX.Element => {
  const [why, setWhy] = useState<string | null>(null);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    const typed = typedIn(event);
    const checked = card({ amount: typed('amount'), tip: typed('tip'), lastFour: typed('lastFour') }, balance, currency);
    if (checked.ok) take({ kind: 'card', ...checked.payment }, 0);
    else setWhy(checked.why);
  };
  return (
    <form class="payment" onSubmit={submit}>
      <label>
        Amount
        <input name="amount" inputMode="decimal" autocomplete="off" defaultValue={amountText(balance, currency)} />
      </label>
      <label>
        Tip
        <input name="tip" inputMode="decimal" autocomplete="off" />
      </label>
      <label>
        Last four digits
        <input name="lastFour" inputMode="numeric" autocomplete="off" maxLength={4} />
      </label>
      <Why why={why} />
      <button class="primary" type="submit">
        Take card payment
      </button>
    </form>
  );
};

const Why = ({ why }: { why: string | null }): JSX.Element | null =>
  why === null ? null : (
    <p class="refusal" role="alert">
      {why}
    </p>
  );
