import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { liveClient } from '../../web/shared/live-client.ts';

type Ticket = { readonly ticketId: string };
type At = { readonly baseUrl: string; readonly token: string; readonly locationId: string };

/** The kitchen page's own client of the live stream, without the page. */
export type Screen = {
  readonly rows: () => ReadonlyMap<string, Ticket>;
  readonly figures: () => { readonly resumed: number; readonly snapshots: number };
  readonly isLive: () => boolean;
  readonly close: () => void;
};

const ticketFor = async ({ baseUrl, token }: At): Promise<string> => {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${baseUrl}/api/v1/live/tickets`, { method: 'POST', headers, signal: AbortSignal.timeout(12_000) });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return ((await answer.json()) as { readonly ticket: string }).ticket;
};

export const openScreen = (at: At): Screen => {
  const seen = { resumed: 0, snapshot: 0 };
  const client = liveClient({
    now: () => Date.now(),
    random: () => Math.random(),
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
    ticket: () => ticketFor(at),
    open: (events) => {
      const socket = new WebSocket(`${at.baseUrl.replace('http', 'ws')}/api/v1/live`);
      socket.on('open', events.opened);
      socket.on('error', () => undefined);
      socket.on('close', () => events.closed(null));
      socket.on('message', (data) => {
        const text = (data as Buffer).toString();
        const { type } = JSON.parse(text) as { readonly type: string };
        if (type === 'resumed' || type === 'snapshot') seen[type]++;
        events.message(text);
      });
      return { send: (text) => socket.send(text), close: () => socket.terminate() };
    },
  });
  const topic = client.subscribe<Ticket>({ topic: 'expo', locationId: at.locationId }, ({ ticketId }) => ticketId);
  return {
    rows: () => topic.rows.get().rows,
    figures: () => ({ resumed: seen.resumed, snapshots: seen.snapshot }),
    isLive: () => client.state.get().status === 'live',
    close: client.close,
  };
};

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 60_000;

/** Once nothing happens any more: what was shown through all disturbances is what someone sees who looks for the first time. */
export const expectSameAsNew = async (screen: Screen, at: At): Promise<void> => {
  const fresh = openScreen(at);
  try {
    const inOrder = (rows: ReadonlyMap<string, Ticket>): readonly Ticket[] =>
      [...rows.values()].toSorted((a, b) => (a.ticketId < b.ticketId ? -1 : 1));
    const differ = (): boolean => JSON.stringify(inOrder(screen.rows())) !== JSON.stringify(inOrder(fresh.rows()));
    const giveUp = performance.now() + PATIENCE_MS;
    while ((!fresh.isLive() || !screen.isLive() || differ()) && performance.now() < giveUp) await pause(LOOK_EVERY_MS);
    expect([screen.isLive(), fresh.isLive()], 'screens are live').to.deep.equal([true, true]);
    expect(fresh.rows().size, 'tickets left on the screen').to.be.greaterThan(0);
    expect(inOrder(screen.rows()), 'what the screen shows').to.deep.equal(inOrder(fresh.rows()));
  } finally {
    fresh.close();
  }
};
