import type { JSX } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';
import { remember, remembered } from '../shared/address.ts';
import type { Station } from '../shared/contract.ts';
import { useStore } from '../shared/hooks.ts';
import { impossible } from '../shared/impossible.ts';
import type { Place } from '../shared/place.ts';
import { AllDayPanel } from './all-day-panel.tsx';
import { settling } from './board-state.ts';
import { BumpedDialog } from './bumped-dialog.tsx';
import type { KeyAction } from './keys.ts';
import { Legend } from './legend.tsx';
import { RecallNotices } from './recall-notices.tsx';
import { EXPO, stationName, thresholdsOf } from './station.ts';
import { TicketCard } from './ticket-card.tsx';
import { Toolbar } from './toolbar.tsx';
import { useBoard } from './use-board.ts';
import { useKeys } from './use-keys.ts';
import { useOutOfSight } from './use-out-of-sight.ts';

type Props = {
  readonly place: Place;
  readonly stations: readonly Station[];
  readonly chosen: string;
  readonly choose: (station: string | null) => void;
};

const columnsOf = (grid: HTMLElement | null): number => (grid === null ? 1 : getComputedStyle(grid).gridTemplateColumns.split(' ').length);

export const BoardScreen = ({ place, stations, chosen, choose }: Props): JSX.Element => {
  const { board, feel, ask } = useBoard(place, chosen);
  const { status, clockOffset } = useStore(place.live.state);
  const [allDay, setAllDay] = useState(remembered('all-day') !== null);
  const [showBumped, setShowBumped] = useState(false);
  const grid = useRef<HTMLElement>(null);
  const hidden = useOutOfSight(grid, board.order.length);
  const last = board.bumped[0]?.ticket ?? null;

  const act = (action: KeyAction): void => {
    switch (action.type) {
      case 'select':
        return feel({ type: 'select', ticketId: board.order[action.index] ?? board.selected });
      case 'move':
        return feel({ type: 'move', direction: action.direction, columns: columnsOf(grid.current) });
      case 'recall':
        return last === null ? undefined : ask(last.ticketId, 'recall');
      case 'start':
      case 'bump':
        return board.selected === null ? feel({ type: 'move', direction: 'right', columns: 1 }) : ask(board.selected, action.type);
      default:
        return impossible(action);
    }
  };
  const latestAct = useRef(act);
  latestAct.current = act;
  useKeys(useCallback((action: KeyAction) => latestAct.current(action), []));

  const tap = (ticketId: string, verb: 'start' | 'bump'): void => {
    if (settling(board, ticketId, Date.now())) return;
    feel({ type: 'select', ticketId });
    ask(ticketId, verb);
  };
  const toggleAllDay = (): void => {
    remember('all-day', allDay ? null : '1');
    setAllDay(!allDay);
  };

  const tickets = board.order.flatMap((ticketId) => board.topic.rows.get(ticketId) ?? []);
  const thresholds = (stationId: string) => thresholdsOf(stations, stationId);
  const offset = Math.round(clockOffset / 500) * 500;
  const old = status === 'offline' || status === 'stale';
  return (
    <div class={old ? 'kitchen old' : 'kitchen'}>
      <Toolbar
        station={stationName(stations, chosen)}
        tickets={tickets}
        thresholds={thresholds}
        clockOffset={offset}
        timeZone={place.location.timeZone}
        lastBumped={last}
        allDay={allDay}
        changeStation={() => choose(null)}
        recall={() => act({ type: 'recall' })}
        showBumped={() => setShowBumped(true)}
        toggleAllDay={toggleAllDay}
      />
      <RecallNotices board={board} dismiss={(ticketId) => feel({ type: 'dismissed', ticketId })} />
      <div class="board-and-panel">
        <main ref={grid} class="board" aria-label={`Tickets at ${stationName(stations, chosen)}`}>
          {tickets.map((ticket, index) => (
            <TicketCard
              key={ticket.ticketId}
              ticket={ticket}
              index={index}
              station={chosen === EXPO ? stationName(stations, ticket.stationId) : null}
              thresholds={thresholds(ticket.stationId)}
              clockOffset={offset}
              pending={board.pending.get(ticket.ticketId) ?? null}
              selected={board.selected === ticket.ticketId}
              tap={(verb) => verb !== 'recall' && tap(ticket.ticketId, verb)}
              dismiss={() => feel({ type: 'dismissed', ticketId: ticket.ticketId })}
            />
          ))}
          {tickets.length === 0 && <p class="clear">{board.topic.position === null ? 'Loading the tickets …' : 'All clear.'}</p>}
        </main>
        {allDay && <AllDayPanel place={place} station={chosen === EXPO ? null : chosen} />}
      </div>
      <Legend hidden={hidden} />
      {showBumped && (
        <BumpedDialog
          list={board.bumped}
          clockOffset={offset}
          timeZone={place.location.timeZone}
          recall={(ticketId) => ask(ticketId, 'recall')}
          close={() => setShowBumped(false)}
        />
      )}
    </div>
  );
};
