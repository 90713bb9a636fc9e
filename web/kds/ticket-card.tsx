import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { KitchenTicket } from '../../src/projections/kitchen-board.ts';
import { useNow } from '../shared/hooks.ts';
import { elapsed, secondsSince } from '../shared/time.ts';
import type { Pending, Verb } from './board-state.ts';
import { place, stateOf, title } from './ticket-words.ts';
import { TicketLines } from './ticket-lines.tsx';
import { level, type Thresholds } from './timer.ts';

type Props = {
  readonly ticket: KitchenTicket;
  readonly index: number;
  /** Shown where one board has the tickets of several stations. */
  readonly station: string | null;
  readonly thresholds: Thresholds;
  readonly clockOffset: number;
  readonly pending: Pending | null;
  readonly selected: boolean;
  readonly tap: (verb: Verb) => void;
  readonly dismiss: () => void;
};

export const TicketCard = (props: Props): JSX.Element => {
  const { ticket, index, pending, selected, tap } = props;
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (selected && !card.current?.contains(document.activeElement)) card.current?.focus();
  }, [selected]);

  const state = stateOf(ticket);
  const sending = pending?.state === 'sending';
  return (
    <article
      ref={card}
      class={`ticket ${state.kind}${selected ? ' selected' : ''}${sending ? ' sending' : ''}`}
      tabIndex={selected ? 0 : -1}
      aria-label={title(ticket)}
      aria-current={selected}
      aria-busy={sending}
      data-ticket={ticket.ticketId}
      onClick={() => tap('start')}
      onDblClick={() => tap('bump')}
    >
      <Head {...props} />
      <p class="state">
        {state.words}
        {ticket.recalled && <span class="recalled">RECALLED</span>}
      </p>
      <TicketLines lines={ticket.lines} />
      <Actions {...props} start={state.mayStart} bump={state.gone ? 'Clear' : 'Bump'} />
      {index < 9 && (
        <kbd class="slot" aria-hidden="true">
          {index + 1}
        </kbd>
      )}
    </article>
  );
};

const Head = ({ ticket, station, thresholds, clockOffset }: Props): JSX.Element => {
  const seconds = secondsSince(ticket.firedAt, useNow() + clockOffset);
  const reached = level(seconds, thresholds);
  return (
    <header class={`head ${reached}`} data-level={reached}>
      <strong class="where">{place(ticket)}</strong>
      <span class="timer" role="timer" aria-label={`${reached === 'fresh' ? '' : `${reached}, `}${elapsed(seconds)} since sent`}>
        {elapsed(seconds)}
      </span>
      <span class="meta">
        #{ticket.reference}
        {ticket.server !== null && ` · ${ticket.server}`}
        {ticket.covers !== null && ` · ${ticket.covers} covers`}
        {station !== null && <b> · {station}</b>}
      </span>
      {reached === 'late' && <span class="late-word">LATE</span>}
    </header>
  );
};

const SENDING: { readonly [V in Verb]: string } = { start: 'Starting …', bump: 'Bumping …', recall: 'Recalling …' };
const NOT_DONE: { readonly [V in Verb]: string } = { start: 'Not started', bump: 'Not bumped', recall: 'Not recalled' };

const Actions = ({ pending, tap, dismiss, start, bump }: Props & { start: boolean; bump: string }): JSX.Element => {
  const only = (run: () => void) => (event: Event) => {
    event.stopPropagation();
    run();
  };
  if (pending?.state === 'refused') {
    return (
      <footer class="refused">
        <p role="alert">
          <strong>{NOT_DONE[pending.verb]}:</strong> {pending.detail}
        </p>
        <button onClick={only(dismiss)}>OK</button>
      </footer>
    );
  }
  if (pending !== null) {
    return (
      <footer>
        <p class="sending-words" role="status">
          {SENDING[pending.verb]}
        </p>
      </footer>
    );
  }
  return (
    <footer onDblClick={only(() => undefined)}>
      {start && (
        <button class="start" onClick={only(() => tap('start'))}>
          Start
        </button>
      )}
      <button class="bump" onClick={only(() => tap('bump'))}>
        {bump}
      </button>
    </footer>
  );
};
