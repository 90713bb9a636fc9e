import type { JSX } from 'preact';
import { connectionOf } from './connection.ts';
import { useNow, useStore } from './hooks.ts';
import type { Place } from './place.ts';

type Props = { readonly place: Place; readonly warning: string };

/** Always on the screen: people must never take an old picture for the present one. */
export const ConnectionBar = ({ place, warning }: Props): JSX.Element => {
  const state = useStore(place.live.state);
  const { tone, title, detail } = connectionOf(state, useNow(), place.location.timeZone, warning);
  return (
    <div class={`connection ${tone}`} role={tone === 'not-live' ? 'alert' : 'status'} data-connection={tone}>
      <strong>{title}</strong>
      {detail !== null && <span> — {detail}</span>}
    </div>
  );
};
