import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../../commands/ports.ts';
import type { Identity, LiveTickets, Log, Principal } from '../ports.ts';
import { allowance } from './allowance.ts';
import { frameOf, onTheWire } from './frames.ts';
import type { LiveHub, Receiver } from './hub.ts';
import { parseMessage } from './messages.ts';
import type { Timers } from './ports.ts';
import { closeCodes, type ErrorCode, type Subscribe } from './protocol.ts';
import { topicOf, type Topic } from './topics.ts';

export type ConnectionLimits = {
  readonly subscriptions: number;
  readonly messagesAtOnce: number;
  readonly messagesPerSecond: number;
  readonly authenticateMilliseconds: number;
  /** How long a closing client may take to read what is waiting and why. */
  readonly closeMilliseconds: number;
};

export type ConnectionNeeds = {
  readonly tickets: Pick<LiveTickets, 'redeem'>;
  /** Who was let in as he stands now. */
  readonly standing: Identity['standing'];
  readonly hub: LiveHub;
  readonly can: (principal: Principal, permission: string, locationId: string) => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Names the log whose positions clients are told. */
  readonly logId: string;
  readonly heartbeatSeconds: number;
  readonly maxBufferedBytes: number;
  readonly limits: ConnectionLimits;
};

export type Connection = {
  /** Cuts a peer that left two pings unanswered. */
  readonly ping: () => void;
  /** Closes where its person may no longer come in, or no longer see what he is subscribed to. */
  readonly recheck: () => Promise<void>;
  /** For authenticated clients alone; others are not sent it. */
  readonly tell: (frame: Buffer) => void;
  readonly close: (code: number, reason: string) => void;
  /** What we closed it with; null: we did not. */
  readonly closedWith: () => number | null;
};

type Subscribed = { readonly topic: Topic; readonly leave: () => void };

const UNANSWERED_PINGS = 2;

/**
 * One client's side: who it is, what it is subscribed to, and how much may wait for it. `wire` is what the socket stands on: what
 * thousands are sent goes there as it is, which costs a fifth less than to have each message framed anew.
 */
export const liveConnection = (socket: WebSocket, wire: Duplex, needs: ConnectionNeeds): Connection => {
  const { tickets, standing, hub, can, clock, timers, log, logId, heartbeatSeconds, maxBufferedBytes, limits } = needs;
  const subscriptions = new Map<string, Subscribed>();
  const mayWrite = allowance(limits.messagesAtOnce, limits.messagesPerSecond, () => clock.now().getTime());
  let principal: Principal | null = null;
  let unanswered = 0;
  let closedWith: number | null = null;
  let handled: Promise<void> = Promise.resolve();
  let stopClosing = (): void => undefined;

  const isOpen = (): boolean => socket.readyState === socket.OPEN;

  const close = (code: number, reason: string): void => {
    if (!isOpen()) return;
    closedWith = code;
    leaveAll();
    socket.close(code, reason);
    stopClosing = timers.after(limits.closeMilliseconds, () => socket.terminate());
  };

  /** What waits is bounded by the limit and one frame: a frame is added only while less than the limit waits. */
  const send = (frame: Buffer): void => {
    if (!isOpen()) return;
    if (socket.bufferedAmount <= maxBufferedBytes) return void wire.write(onTheWire(frame));
    log.warn({ userId: principal?.userId, waiting: socket.bufferedAmount }, 'live client reads too slowly, cut off');
    close(closeCodes.tooSlow, `reading too slowly: over ${maxBufferedBytes} bytes waiting`);
  };

  const say = (code: ErrorCode, detail: string, id?: string): void =>
    send(frameOf({ type: 'error', code, detail, ...(id !== undefined && { id }) }));

  const refuse = (closeCode: number, code: ErrorCode, detail: string, id?: string): void => {
    say(code, detail, id);
    close(closeCode, detail);
  };

  const lost = (cause: unknown): void => {
    log.warn({ err: cause, userId: principal?.userId }, 'live client closed: what it needs is unavailable');
    refuse(closeCodes.unavailable, 'unavailable', 'what this needs is unavailable now, connect again');
  };

  const receive = async (text: string): Promise<void> => {
    if (!isOpen()) return;
    const message = parseMessage(text);
    if (message === null) return refuse(closeCodes.badMessage, 'bad-message', 'not a message of the live protocol');
    if (message.type === 'authenticate') return authenticate(message.ticket);
    if (principal === null) return refuse(closeCodes.unauthenticated, 'unauthenticated', 'authenticate with a ticket first');
    if (message.type === 'subscribe') return subscribe(principal, message);
    return unsubscribe(message.id);
  };

  const authenticate = async (ticket: string): Promise<void> => {
    if (principal !== null) return refuse(closeCodes.badMessage, 'bad-message', 'authenticated already');
    const redeemed = await tickets.redeem(ticket);
    if (!isOpen()) return;
    if (redeemed === null)
      return refuse(closeCodes.unauthenticated, 'unauthenticated', 'the ticket was used or is too old, ask for another');
    principal = redeemed;
    stopWaiting();
    send(frameOf({ type: 'welcome', heartbeatSeconds, serverTime: clock.now().toISOString(), logId }));
  };

  const subscribe = (asker: Principal, message: Subscribe): void => {
    const { id, locationId, after } = message;
    const topic = topicOf(message);
    if (subscriptions.has(id)) return say('subscription-exists', 'unsubscribe it first, or choose another id', id);
    if (subscriptions.size >= limits.subscriptions) return say('too-many-subscriptions', `at most ${limits.subscriptions} at once`, id);
    if (!can(asker, topic.permission, locationId)) {
      return refuse(closeCodes.forbidden, 'forbidden', `needs ${topic.permission} at this location: ask a manager`, id);
    }
    const receiver: Receiver = { send, lost };
    subscriptions.set(id, { topic, leave: hub.subscribe(topic, id, after ?? null, receiver) });
  };

  const unsubscribe = (id: string): void => {
    const subscribed = subscriptions.get(id);
    if (subscribed === undefined) return say('subscription-unknown', 'there is no such subscription', id);
    subscribed.leave();
    subscriptions.delete(id);
  };

  const leaveAll = (): void => {
    for (const { leave } of subscriptions.values()) leave();
    subscriptions.clear();
  };

  const stopWaiting = timers.after(limits.authenticateMilliseconds, () =>
    refuse(closeCodes.unauthenticated, 'unauthenticated', 'no ticket in time'),
  );

  socket.on('message', (data, isBinary) => {
    if (!isOpen()) return;
    if (!mayWrite()) return refuse(closeCodes.badMessage, 'too-many-messages', `at most ${limits.messagesPerSecond} messages a second`);
    const text = Buffer.isBuffer(data) && !isBinary ? data.toString() : '';
    handled = handled.then(() => receive(text)).catch(lost);
  });
  socket.on('pong', () => {
    unanswered = 0;
  });
  socket.on('error', (err) => log.debug({ err, userId: principal?.userId }, 'live connection broken'));
  socket.on('close', () => {
    stopWaiting();
    stopClosing();
    leaveAll();
  });

  const ping = (): void => {
    if (unanswered >= UNANSWERED_PINGS) return socket.terminate();
    unanswered += 1;
    if (isOpen()) socket.ping();
  };

  const recheck = async (): Promise<void> => {
    if (principal === null || !isOpen()) return;
    const before = principal;
    const now = await standing(before);
    if (now === null) return refuse(closeCodes.unauthenticated, 'unauthenticated', 'the session is over: log in again');
    if (now === before) return;
    principal = now;
    for (const [id, { topic }] of subscriptions)
      if (!can(now, topic.permission, topic.locationId))
        return refuse(closeCodes.forbidden, 'forbidden', `needs ${topic.permission} at this location: ask a manager`, id);
  };

  const tell = (frame: Buffer): void => {
    if (principal !== null) send(frame);
  };
  return { ping, recheck, tell, close, closedWith: () => closedWith };
};
