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
  const { ticket, pending, selected, tap } = props;
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
      <Head {...props} words={state.words} />
      <TicketLines lines={ticket.lines} />
      <Actions {...props} start={state.mayStart} bump={state.gone ? 'Clear' : 'Bump'} />
    </article>
  );
};

const Head = ({ ticket, index, station, thresholds, clockOffset, words }: Props & { words: string }): JSX.Element => {
  const seconds = secondsSince(ticket.firedAt, useNow() + clockOffset);
  const reached = level(seconds, thresholds);
  return (
    <>
      <header class={`head ${reached}`} data-level={reached}>
        <strong class="where">{place(ticket)}</strong>
        <span class="timer" role="timer" aria-label={`${elapsed(seconds)} since sent`}>
          {elapsed(seconds)}
        </span>
        <span class="meta">
          {station !== null && <b>{station} · </b>}#{ticket.reference}
          {ticket.covers !== null && ` · ${ticket.covers} covers`}
          {ticket.server !== null && ` · ${ticket.server}`}
        </span>
      </header>
      <p class="state">
        {index < 9 && <kbd aria-hidden="true">{index + 1}</kbd>}
        <span class="words">{words}</span>
        {ticket.recalled && <span class="recalled">Recalled</span>}
        {reached === 'late' && <span class="late-word">Late</span>}
      </p>
    </>
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
