import { behindSeconds, type Live } from './live-state.ts';
import { clockTime } from './time.ts';

export type Connection = { readonly tone: 'live' | 'catching-up' | 'not-live'; readonly title: string; readonly detail: string | null };

/** What to tell people about the connection. `warning` says what not being live means on this screen. */
export const connectionOf = (state: Live, now: number, timeZone: string | undefined, warning: string): Connection => {
  switch (state.status) {
    case 'live': {
      const behind = behindSeconds(state, now);
      return behind === null
        ? { tone: 'live', title: 'Live', detail: null }
        : { tone: 'catching-up', title: `Live, but ${behind} s behind the orders`, detail: null };
    }
    case 'catching-up':
      return { tone: 'catching-up', title: 'Catching up', detail: state.reason };
    case 'stale':
    case 'offline':
      return { tone: 'not-live', title: `NOT LIVE since ${since(state, now, timeZone)}`, detail: warning };
  }
};

const since = ({ notLiveSince, clockOffset }: Live, now: number, timeZone: string | undefined): string =>
  clockTime((notLiveSince ?? now) + clockOffset, timeZone);
