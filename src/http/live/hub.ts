import type { Log } from '../ports.ts';
import { sharedFrame, type SharedFrame } from './frames.ts';
import type { LiveFeed, LiveMetrics, RowChange, Timers } from './ports.ts';
import { since } from './recent.ts';
import { feedTail, type TailLimits } from './tail.ts';
import { shownOf, type Shown, type Topic } from './topics.ts';

/** Who gets a subscription's frames. `lost`: what it needs cannot be read now. */
export type Receiver = { readonly send: (frame: Buffer) => void; readonly lost: (cause: unknown) => void };

/** `position`: all changes up to here were sent; null: it waits for its beginning. */
type Subscription = { readonly id: string; readonly receiver: Receiver; position: number | null };
type Beginning = { readonly position: number; readonly frame: SharedFrame; readonly era: number };
type Channel = { readonly topic: Topic; readonly subscriptions: Set<Subscription>; beginning: Promise<Beginning> | null };
/** By how many of the shown changes a subscriber has already: most have none, and share one frame. */
type Frames = Map<number, SharedFrame>;

export type LiveHub = {
  /** Answers how to unsubscribe. Resumes after a position where the feed still reaches, begins with a snapshot elsewhere. */
  readonly subscribe: (topic: Topic, id: string, after: number | null, receiver: Receiver) => () => void;
  readonly close: () => void;
};

export type HubLimits = TailLimits & { readonly pollMilliseconds: number };

type Needs = {
  readonly feed: LiveFeed;
  readonly timers: Timers;
  readonly metrics: LiveMetrics;
  readonly log: Log;
  readonly limits: HubLimits;
};

/** Who is subscribed to what; all who see the same rows are sent the same bytes. */
export const liveHub = ({ feed, timers, metrics, log, limits }: Needs): LiveHub => {
  const channels = new Map<string, Channel>();

  const onChanges = (changes: readonly RowChange[], position: number): void => {
    for (const { topic, subscriptions } of channels.values()) {
      const shown = shownIn(topic, changes);
      const frames: Frames = new Map();
      let sent = 0;
      for (const subscription of subscriptions) if (sendChanges(subscription, shown, position, frames)) sent++;
      metrics.framesSent(topic.name, sent);
    }
  };

  const onGone = (): void => {
    for (const channel of channels.values()) {
      channel.beginning = null;
      for (const subscription of channel.subscriptions) {
        if (subscription.position === null) continue;
        subscription.position = null;
        begin(channel, subscription).catch(subscription.receiver.lost);
      }
    }
  };

  const tail = feedTail({ feed, log, limits, wanted: () => channels.size > 0, onChanges, onGone });

  const subscribe: LiveHub['subscribe'] = (topic, id, after, receiver) => {
    const channel = channels.get(topic.key) ?? { topic, subscriptions: new Set(), beginning: null };
    const subscription: Subscription = { id, receiver, position: null };
    channels.set(topic.key, channel);
    channel.subscriptions.add(subscription);
    join(channel, subscription, after).catch(receiver.lost);
    return () => leave(channel, subscription);
  };

  const leave = ({ topic, subscriptions }: Channel, subscription: Subscription): void => {
    if (!subscriptions.delete(subscription) || subscriptions.size > 0) return;
    channels.delete(topic.key);
    if (channels.size === 0) tail.sleep();
  };

  const join = async (channel: Channel, subscription: Subscription, after: number | null): Promise<void> => {
    await tail.start(after, () => {
      if (after !== null) goOn(channel, subscription, after, sharedFrame({ type: 'resumed', position: after }));
    });
    await begin(channel, subscription);
  };

  /** With a snapshot; with another where the changes that follow it are no longer held. */
  const begin = async (channel: Channel, subscription: Subscription): Promise<void> => {
    while (subscription.position === null && channel.subscriptions.has(subscription)) {
      const { position, frame, era } = await beginningOf(channel);
      const recent = tail.recent();
      if (recent === null) return;
      if (subscription.position === null && era === tail.era() && position >= recent.from) goOn(channel, subscription, position, frame);
    }
  };

  /** Shared by all who come while it is read: after a restart every display comes at once. */
  const beginningOf = (channel: Channel): Promise<Beginning> => {
    const read = async (): Promise<Beginning> => {
      const era = tail.era();
      const { position, rows } = await feed.snapshot(channel.topic.filter);
      return { position, frame: sharedFrame({ type: 'snapshot', position, rows }), era };
    };
    const forget = (): void => {
      if (channel.beginning === beginning) channel.beginning = null;
    };
    const beginning = channel.beginning ?? read().finally(forget);
    channel.beginning = beginning;
    return beginning;
  };

  const goOn = ({ topic, subscriptions }: Channel, subscription: Subscription, position: number, frame: SharedFrame): void => {
    if (!subscriptions.has(subscription)) return;
    subscription.position = position;
    send(subscription, frame);
    const recent = tail.recent();
    const more = recent !== null && sendChanges(subscription, shownIn(topic, since(recent, position)), recent.to, new Map());
    metrics.framesSent(topic.name, more ? 2 : 1);
  };

  /** Answers whether there was anything to send. */
  const sendChanges = (subscription: Subscription, shown: readonly Shown[], position: number, frames: Frames): boolean => {
    const sent = subscription.position;
    if (sent === null || sent >= position) return false;
    subscription.position = position;
    const first = shown.findIndex((one) => one.position > sent);
    if (first === -1) return false;
    const frame = frames.get(first) ?? sharedFrame({ type: 'changes', position, changes: shown.slice(first).map(({ change }) => change) });
    frames.set(first, frame);
    send(subscription, frame);
    return true;
  };

  const send = ({ id, receiver }: Subscription, frame: SharedFrame): void => receiver.send(frame(id));

  const stopHints = feed.onHint(tail.look);
  const stopNews = feed.onNews(tail.told);
  const stopPolling = timers.every(limits.pollMilliseconds, tail.look);
  const close = (): void => {
    stopHints();
    stopNews();
    stopPolling();
    channels.clear();
    tail.sleep();
  };
  return { subscribe, close };
};

const shownIn = (topic: Topic, changes: readonly RowChange[]): readonly Shown[] =>
  changes.map((change) => shownOf(topic, change)).filter((shown) => shown !== null);
