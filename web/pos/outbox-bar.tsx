import type { JSX } from 'preact';
import { connectionOf } from '../shared/connection.ts';
import { useNow, useStore } from '../shared/hooks.ts';
import { wordsOf } from './actions.ts';
import type { Desk } from './desk.ts';
import { waitingFor } from './outbox.ts';

const WARNING = 'what you tap is kept, and sent later';

/** The connection, what waits for it, and what the server did not accept. */
export const OutboxBar = ({ desk }: { desk: Desk }): JSX.Element => {
  const { place, outbox, entries } = desk;
  const { tone, title, detail } = connectionOf(useStore(place.live.state), useNow(), place.location.timeZone, WARNING);
  const trouble = useStore(outbox.trouble);
  const waiting = waitingFor(entries, place.person.id).length;
  const others = entries.filter(({ userId, refusal }) => userId !== place.person.id && refusal === null).length;
  return (
    <>
      <div class={`connection ${tone}`} role={tone === 'not-live' ? 'alert' : 'status'} data-connection={tone}>
        <strong>{title}</strong>
        {detail !== null && <span> — {detail}</span>}
        {waiting > 0 && (
          <span class="in-outbox" data-waiting={waiting}>
            {waiting} {trouble === null && tone === 'live' ? 'being sent' : 'waiting'}
          </span>
        )}
      </div>
      {trouble !== null && tone !== 'not-live' && waiting > 0 && (
        <p class="notice" role="status">
          {trouble} What waits is sent again by itself.
        </p>
      )}
      {others > 0 && (
        <p class="notice" role="status">
          {others} {others === 1 ? 'action' : 'actions'} of somebody else wait on this device: they are sent when that person logs in again.
        </p>
      )}
      {entries.map(({ key, action, refusal }) =>
        refusal === null ? null : (
          <p key={key} class="notice refusal" role="alert">
            <span>
              <strong>Not accepted: {wordsOf(action)}.</strong> {refusal}
            </span>
            <button onClick={() => outbox.dismiss(key)}>OK</button>
          </p>
        ),
      )}
    </>
  );
};
