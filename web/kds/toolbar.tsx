import type { JSX } from 'preact';
import type { KitchenTicket } from '../../src/projections/kitchen-board.ts';
import { useNow } from '../shared/hooks.ts';
import { clockTime, secondsSince } from '../shared/time.ts';
import type { Thresholds } from './timer.ts';
import { place } from './ticket-words.ts';

type Props = {
  readonly station: string;
  readonly tickets: readonly KitchenTicket[];
  readonly thresholds: (stationId: string) => Thresholds;
  readonly clockOffset: number;
  readonly timeZone: string;
  readonly lastBumped: KitchenTicket | null;
  readonly allDay: boolean;
  readonly changeStation: () => void;
  readonly recall: () => void;
  readonly showBumped: () => void;
  readonly toggleAllDay: () => void;
};

export const Toolbar = (props: Props): JSX.Element => {
  const { station, lastBumped, allDay, changeStation, recall, showBumped, toggleAllDay } = props;
  return (
    <header class="toolbar">
      <button class="station" onClick={changeStation} aria-label={`${station}: change station`}>
        {station}
      </button>
      <Counts {...props} />
      <button
        onClick={recall}
        disabled={lastBumped === null}
        aria-label={lastBumped === null ? 'Recall: nothing was bumped' : `Recall ${place(lastBumped)}`}
      >
        Recall{lastBumped !== null && <span class="which"> {place(lastBumped)}</span>}
      </button>
      <button onClick={showBumped}>Bumped</button>
      <button onClick={toggleAllDay} aria-pressed={allDay}>
        All day
      </button>
    </header>
  );
};

const Counts = ({ tickets, thresholds, clockOffset, timeZone }: Props): JSX.Element => {
  const now = useNow() + clockOffset;
  const late = tickets.filter(({ firedAt, stationId }) => secondsSince(firedAt, now) >= thresholds(stationId).lateSeconds).length;
  return (
    <p class="counts">
      <strong>{tickets.length}</strong> {tickets.length === 1 ? 'ticket' : 'tickets'}
      {late > 0 && <strong class="late-count">{late} late</strong>}
      <time>{clockTime(now, timeZone, false)}</time>
    </p>
  );
};
