import type { ClientMessage, ServerMessage, Subscribe } from '../../src/http/live/protocol.ts';
import { backoff } from './backoff.ts';
import { connecting, live, type Live, type LiveInput } from './live-state.ts';
import { store, type Store } from './store.ts';
import { noRows, withFrame, type TopicFrame, type TopicRows } from './topic-rows.ts';

export type Socket = { readonly send: (text: string) => void; readonly close: () => void };
export type SocketEvents = {
  readonly opened: () => void;
  readonly message: (text: string) => void;
  /** `reason` is what the server said of it, if anything. */
  readonly closed: (reason: string | null) => void;
};

/** What the client needs of the world, so that tests can be the world. Times in milliseconds. */
export type LiveWorld = {
  readonly now: () => number;
  readonly random: () => number;
  /** Answers how to call it off. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
  /** A fresh single-use pass; a rejection counts as a failed attempt. */
  readonly ticket: () => Promise<string>;
  readonly open: (events: SocketEvents) => Socket;
};

export type LiveTopic<Row> = { readonly rows: Store<TopicRows<Row>>; readonly stop: () => void };
export type LiveClient = {
  readonly state: Store<Live>;
  readonly subscribe: <Row>(subscription: Subscription, keyOf: (row: Row) => string) => LiveTopic<Row>;
  /** Tries at once instead of waiting for the next attempt: the device says its network is back. */
  readonly hurry: () => void;
  readonly close: () => void;
};

export type Subscription = Pick<Subscribe, 'topic' | 'locationId' | 'station'>;

type Held = {
  readonly subscription: Subscription;
  readonly position: () => number | null;
  readonly accept: (frame: TopicFrame<unknown>) => void;
};

const CONNECT_MS = 10_000;
const TICK_MS = 1_000;

/** The server's word is taken for the shape of a topic's rows. */
const heldTopic = <Row>(subscription: Subscription, keyOf: (row: Row) => string): { rows: Store<TopicRows<Row>>; held: Held } => {
  const rows = store(noRows<Row>());
  const accept = (frame: TopicFrame<unknown>): void => rows.update((before) => withFrame(before, frame as TopicFrame<Row>, keyOf));
  return { rows, held: { subscription, position: () => rows.get().position, accept } };
};

/** One WebSocket for the page: resumes each topic where it stood, and says at every moment whether what is shown is true. */
export const liveClient = (world: LiveWorld): LiveClient => {
  const state = store(connecting);
  const topics = new Map<string, Held>();
  let attempt = 0;
  let socket: Socket | null = null;
  let welcomed = false;
  let logId: string | null = null;
  /** The log each topic's position is of: in another one, restored since, it means nothing. */
  const logOf = new Map<string, string | null>();
  let ended = false;
  let callOff = (): void => undefined;

  const feel = (input: LiveInput): void => state.update((now) => live(now, input, world.now()));
  const send = (message: ClientMessage): void => socket?.send(JSON.stringify(message));
  const sendSubscription = (id: string, { subscription, position }: Held): void => {
    const after = logOf.get(id) === logId ? position() : null;
    send({ type: 'subscribe', id, ...subscription, ...(after === null ? {} : { after }) });
  };

  const lost = (reason: string | null): void => {
    attempt += 1;
    socket?.close();
    socket = null;
    welcomed = false;
    callOff();
    feel({ type: 'closed', reason });
    callOff = world.after(backoff(state.get().failures, world.random()), connect);
  };

  const received = (text: string): void => {
    const frame = JSON.parse(text) as ServerMessage;
    if (frame.type === 'snapshot' || frame.type === 'resumed' || frame.type === 'changes') {
      logOf.set(frame.id, logId);
      topics.get(frame.id)?.accept(frame);
    }
    feel({ type: 'frame', frame });
    if (frame.type !== 'welcome') return;
    welcomed = true;
    callOff();
    logId = frame.logId;
    for (const [id, held] of topics) sendSubscription(id, held);
  };

  const connect = (): void => {
    attempt += 1;
    const mine = attempt;
    const ifMine =
      <Given extends readonly unknown[]>(run: (...given: Given) => void) =>
      (...given: Given): void => {
        if (mine === attempt) run(...given);
      };
    callOff = world.after(
      CONNECT_MS,
      ifMine(() => lost('The server does not answer.')),
    );
    const opening = ifMine((ticket: string) => {
      socket = world.open({
        opened: ifMine(() => send({ type: 'authenticate', ticket })),
        message: ifMine(received),
        closed: ifMine(lost),
      });
    });
    world.ticket().then(
      opening,
      ifMine((failure: unknown) => lost(failure instanceof Error ? failure.message : null)),
    );
  };

  let stopTicking = (): void => undefined;
  const tick = (): void => {
    feel({ type: 'tick' });
    if (state.get().status === 'stale') lost('Nothing was heard from the server.');
    stopTicking = world.after(TICK_MS, tick);
  };
  tick();
  connect();

  let named = 0;
  return {
    state,
    subscribe: (subscription, keyOf) => {
      named += 1;
      const id = `${subscription.topic}-${named}`;
      const { rows, held } = heldTopic(subscription, keyOf);
      topics.set(id, held);
      feel({ type: 'subscribed', id });
      if (welcomed) sendSubscription(id, held);
      const stop = (): void => {
        topics.delete(id);
        logOf.delete(id);
        feel({ type: 'unsubscribed', id });
        if (welcomed) send({ type: 'unsubscribe', id });
      };
      return { rows, stop };
    },
    hurry: () => {
      if (ended || socket !== null || state.get().status !== 'offline') return;
      callOff();
      connect();
    },
    close: () => {
      ended = true;
      attempt += 1;
      callOff();
      stopTicking();
      socket?.close();
      socket = null;
    },
  };
};
