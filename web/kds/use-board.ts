import { v7 } from 'uuid';
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import type { KitchenTicket } from '../../src/projections/kitchen-board.ts';
import { untilAnswered } from '../shared/api.ts';
import { pause } from '../shared/browser.ts';
import { painted } from '../shared/painted.ts';
import type { Place } from '../shared/place.ts';
import type { TopicRows } from '../shared/topic-rows.ts';
import { board, emptyBoard, mayAsk, type Board, type BoardInput, type Verb } from './board-state.ts';
import { bumpedMemory } from './bumped-memory.ts';
import { boardTopic } from './station.ts';

export type BoardControl = {
  readonly board: Board;
  readonly feel: (input: BoardInput) => void;
  /** Sends what the cook asked for, if it makes sense now; the board changes when the stream says so. */
  readonly ask: (ticketId: string, verb: Verb) => void;
};

export const useBoard = (place: Place, chosen: string): BoardControl => {
  const { api, live, location } = place;
  const memory = useMemo(() => bumpedMemory(location.locationId, chosen), [location.locationId, chosen]);
  const [state, feel] = useReducer<Board, BoardInput, null>(board, null, () => emptyBoard(memory.read()));
  const latest = useRef(state);
  latest.current = state;

  useEffect(() => {
    const topic = live.subscribe<KitchenTicket>(boardTopic(location.locationId, chosen), (ticket) => ticket.ticketId);
    const rows = painted((seen: TopicRows<KitchenTicket>) => feel({ type: 'rows', topic: seen, at: Date.now() }));
    const unwatchRows = topic.rows.watch(rows.offer);
    const unwatchLive = live.state.watch(({ projectionPosition }) => feel({ type: 'projected', position: projectionPosition }));
    return () => {
      unwatchRows();
      rows.stop();
      unwatchLive();
      topic.stop();
    };
  }, [live, location.locationId, chosen]);
  useEffect(() => memory.write(state.bumped), [memory, state.bumped]);

  const answered = useRef(new Map<string, Promise<void>>());
  const ask = useCallback(
    (ticketId: string, verb: Verb) => {
      if (!mayAsk(latest.current, ticketId, verb)) return;
      feel({ type: 'asked', ticketId, verb });
      const command = { key: v7(), method: 'POST', path: `/kitchen/tickets/${ticketId}/${verb}`, body: {} } as const;
      const earlier = answered.current.get(ticketId) ?? Promise.resolve();
      const answer = earlier
        .then(() => untilAnswered(api.command, command, pause))
        .then(
          ({ position }) => feel({ type: 'accepted', ticketId, verb, position }),
          (failure: unknown) =>
            feel({ type: 'refused', ticketId, verb, detail: failure instanceof Error ? failure.message : String(failure) }),
        );
      answered.current.set(ticketId, answer);
    },
    [api],
  );
  return { board: state, feel, ask };
};
