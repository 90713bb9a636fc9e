import type { JSX } from 'preact';
import { Dialog } from '../shared/dialog.tsx';
import { clockTime } from '../shared/time.ts';
import type { Bumped } from './bumped.ts';
import { place } from './ticket-words.ts';

type Props = {
  readonly list: readonly Bumped[];
  readonly clockOffset: number;
  readonly timeZone: string;
  readonly recall: (ticketId: string) => void;
  readonly close: () => void;
};

export const BumpedDialog = ({ list, clockOffset, timeZone, recall, close }: Props): JSX.Element => (
  <Dialog title="Recently bumped" close={close}>
    {list.length === 0 && <p class="hint">Nothing has left this board yet.</p>}
    <ul class="bumped">
      {list.map(({ ticket, at }) => (
        <li key={ticket.ticketId}>
          <div>
            <strong>{place(ticket)}</strong> #{ticket.reference} · {clockTime(at + clockOffset, timeZone)}
            <p>{ticket.lines.map(({ quantity, name }) => `${quantity} ${name}`).join(', ')}</p>
          </div>
          <button
            onClick={() => {
              recall(ticket.ticketId);
              close();
            }}
          >
            Recall
          </button>
        </li>
      ))}
    </ul>
  </Dialog>
);
