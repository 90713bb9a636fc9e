import { setTimeout as delay } from 'node:timers/promises';
import { escapeIdentifier } from 'pg';
import type { Log } from './log.ts';
import { openSession, type Session } from './session.ts';

type OnNotify = (channel: string, payload: string) => void;

const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

const openListener = async (url: string, channels: readonly string[], onNotify: OnNotify): Promise<Session> => {
  const session = await openSession(url, { name: 'brigade listener' });
  session.client.on('notification', ({ channel, payload }) => onNotify(channel, payload ?? ''));
  try {
    await session.client.query(channels.map((channel) => `listen ${escapeIdentifier(channel)}`).join('; '));
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
};

/** Until it is lost; answers why. */
const loss = ({ lost }: Session): Promise<unknown> =>
  new Promise((resolve) => {
    const tell = (): void => resolve(lost.reason);
    if (lost.aborted) tell();
    else lost.addEventListener('abort', tell, { once: true });
  });

/**
 * Listens on channels, through lost connections, until the returned function is called. A notice is a hint: some may be
 * missed, so after each new connection every channel is told once, with an empty payload, and the receiver looks for itself.
 * Throws when the first connection fails.
 */
export const listen = async (
  ownerUrl: string,
  channels: readonly string[],
  onNotify: OnNotify,
  { log }: { readonly log: Log },
): Promise<() => Promise<void>> => {
  const stop = new AbortController();
  let session = await openListener(ownerUrl, channels, onNotify);

  const reopen = async (): Promise<Session | null> => {
    for (let pause = SHORTEST_PAUSE_MS; !stop.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await openListener(ownerUrl, channels, onNotify);
      } catch (error) {
        log.warn({ err: error }, 'Cannot listen to the database; trying again');
        await delay(pause, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
    return null;
  };

  const keep = async (): Promise<void> => {
    for (;;) {
      const reason = await loss(session);
      if (stop.signal.aborted) return;
      log.warn({ reason: String(reason) }, 'The connection that listens to the database was lost');
      const next = await reopen();
      if (next === null) return;
      session = next;
      if (stop.signal.aborted) return session.close();
      for (const channel of channels) onNotify(channel, '');
    }
  };

  const kept = keep();
  return async () => {
    stop.abort();
    await session.close();
    await kept;
  };
};
