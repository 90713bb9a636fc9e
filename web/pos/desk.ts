import { v7 } from 'uuid';
import { useEffect, useMemo } from 'preact/hooks';
import { pause } from '../shared/browser.ts';
import { useStore } from '../shared/hooks.ts';
import type { Place } from '../shared/place.ts';
import type { Entry } from './outbox.ts';
import { outbox, type Answered, type Outbox } from './outbox-runner.ts';
import { outboxStorage } from './outbox-storage.ts';

/** What every part of the order screen works with. */
export type Desk = {
  readonly place: Place;
  readonly outbox: Outbox;
  readonly entries: readonly Entry[];
  readonly answered: readonly Answered[];
};

// Without a secure context (http on the restaurant's own network) there are no locks: then two tabs may send at once, each with its keys.
const exclusively = (run: () => Promise<void>): Promise<void> =>
  'locks' in navigator ? navigator.locks.request('brigade.outbox', run) : run();

export const useDesk = (place: Place): Desk => {
  const { api, live, person } = place;
  const box = useMemo(
    () =>
      outbox({
        userId: person.id,
        storage: outboxStorage(localStorage),
        newKey: () => v7(),
        send: api.command,
        pause,
        exclusively,
        now: () => new Date(Date.now() + live.state.get().clockOffset).toISOString(),
        offline: () => live.state.get().status === 'offline' || live.state.get().status === 'stale',
      }),
    [api, live, person.id],
  );
  useEffect(() => {
    addEventListener('storage', box.wake);
    const unwatch = live.state.watch(({ status, projectionPosition }) => {
      box.projected(projectionPosition);
      if (status === 'live') box.wake();
    });
    return () => {
      removeEventListener('storage', box.wake);
      unwatch();
    };
  }, [box, live]);
  return { place, outbox: box, entries: useStore(box.entries), answered: useStore(box.answered) };
};
