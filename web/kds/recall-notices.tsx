import type { JSX } from 'preact';
import type { Board } from './board-state.ts';
import { place } from './ticket-words.ts';

/** What was asked about tickets that are not on the board, so have no card to show it on. */
export const RecallNotices = ({ board, dismiss }: { board: Board; dismiss: (ticketId: string) => void }): JSX.Element => {
  const offBoard = [...board.pending].filter(
    ([ticketId, { state, verb }]) => !board.topic.rows.has(ticketId) && (state === 'refused' || verb === 'recall'),
  );
  const nameOf = (ticketId: string): string => {
    const bumped = board.bumped.find(({ ticket }) => ticket.ticketId === ticketId)?.ticket;
    return bumped === undefined ? 'a ticket' : place(bumped);
  };
  return (
    <>
      {offBoard.map(([ticketId, pending]) =>
        pending.state === 'sending' ? (
          <p key={ticketId} class="notice" role="status">
            Recalling {nameOf(ticketId)} …
          </p>
        ) : (
          <p key={ticketId} class="notice refusal" role="alert">
            <span>
              Not done ({pending.verb} {nameOf(ticketId)}): {pending.detail}
            </span>
            <button onClick={() => dismiss(ticketId)}>OK</button>
          </p>
        ),
      )}
    </>
  );
};
