import type { Timers } from '../../../http/live/ports.ts';
import type { Log } from '../../postgres/log.ts';

export type ChannelMetrics = {
  readonly inService: (channel: number, inService: boolean) => void;
  readonly underWay: (channel: number, calls: number) => void;
  readonly ended: (channel: number, outcome: 'ok' | 'failed') => void;
};
export const noChannelMetrics: ChannelMetrics = { inService: () => undefined, underWay: () => undefined, ended: () => undefined };

export type Channels<Client> = {
  /** Makes a call on the least busy channel; where that one fails and `mayRepeat`, on another. Throws what the last one failed with. */
  readonly use: <T>(call: (client: Client) => Promise<T>, mayRepeat: (error: unknown) => boolean) => Promise<T>;
  /** No channel is looked after any more; calls under way go on. */
  readonly close: () => void;
};

type Parts<Client> = {
  readonly clients: readonly Client[];
  /** A cheap call that shows whether a channel works. */
  readonly probe: (client: Client) => Promise<unknown>;
  /** Whether an error speaks against the channel, and is not the server's answer. */
  readonly isBroken: (error: unknown) => boolean;
  readonly timers: Timers;
  readonly metrics: ChannelMetrics;
  readonly log: Log;
};

type Channel<Client> = {
  /** From 1. */
  readonly number: number;
  readonly client: Client;
  underWay: number;
  inService: boolean;
  pauseMs: number;
  /** Since the last look. */
  worked: boolean;
};

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A channel that nothing was heard of for so long is asked. */
const LOOK_EVERY_MS = 5_000;

/**
 * Several connections to one server. A channel that fails is taken out of service and asked again with growing pauses until it
 * answers; while none is in service, all are tried, since any may be back.
 */
export const channelsOver = <Client>({ clients, probe, isBroken, timers, metrics, log }: Parts<Client>): Channels<Client> => {
  const channels = clients.map((client, index): Channel<Client> => ({
    number: index + 1,
    client,
    underWay: 0,
    inService: true,
    pauseMs: SHORTEST_PAUSE_MS,
    worked: false,
  }));
  const waiting = new Map<Channel<Client>, () => void>();
  let turn = 0;
  let closed = false;

  const askLater = (channel: Channel<Client>): void => {
    if (closed) return;
    waiting.set(
      channel,
      timers.after(channel.pauseMs, () => void ask(channel)),
    );
    channel.pauseMs = Math.min(channel.pauseMs * 2, LONGEST_PAUSE_MS);
  };
  const takeOut = (channel: Channel<Client>, error: unknown): void => {
    if (!channel.inService) return;
    channel.inService = false;
    metrics.inService(channel.number, false);
    log.warn({ err: error, channel: channel.number }, 'A channel to the event log failed and is out of service');
    askLater(channel);
  };
  const putBack = (channel: Channel<Client>): void => {
    channel.pauseMs = SHORTEST_PAUSE_MS;
    if (channel.inService) return;
    channel.inService = true;
    waiting.get(channel)?.();
    waiting.delete(channel);
    metrics.inService(channel.number, true);
    log.info({ channel: channel.number }, 'A channel to the event log is in service again');
  };

  const ask = async (channel: Channel<Client>): Promise<void> => {
    try {
      await probe(channel.client);
      putBack(channel);
    } catch (error) {
      if (!isBroken(error)) putBack(channel);
      else if (channel.inService) takeOut(channel, error);
      else askLater(channel);
    }
  };

  const look = (): void => {
    for (const channel of channels) {
      if (channel.inService && !channel.worked && channel.underWay === 0) void ask(channel);
      channel.worked = false;
    }
  };
  const stopLooking = timers.every(LOOK_EVERY_MS, look);

  /** The least busy, each in turn where several are. */
  const leastBusy = (among: readonly Channel<Client>[]): Channel<Client> | null => {
    turn++;
    let best: Channel<Client> | null = null;
    for (let nth = 0; nth < among.length; nth++) {
      const channel = among[(turn + nth) % among.length];
      if (channel !== undefined && (best === null || channel.underWay < best.underWay)) best = channel;
    }
    return best;
  };

  const on = async <T>(channel: Channel<Client>, call: (client: Client) => Promise<T>): Promise<T> => {
    metrics.underWay(channel.number, ++channel.underWay);
    try {
      const result = await call(channel.client);
      metrics.ended(channel.number, 'ok');
      channel.worked = true;
      putBack(channel);
      return result;
    } catch (error) {
      const broken = isBroken(error);
      metrics.ended(channel.number, broken ? 'failed' : 'ok');
      channel.worked = true;
      if (broken) takeOut(channel, error);
      else putBack(channel);
      throw error;
    } finally {
      metrics.underWay(channel.number, --channel.underWay);
    }
  };

  for (const { number } of channels) metrics.inService(number, true);
  return {
    use: async (call, mayRepeat) => {
      const tried = new Set<Channel<Client>>();
      for (let failure: unknown = new Error('There is no channel'); ;) {
        const inService = channels.filter((channel) => channel.inService && !tried.has(channel));
        const channel = leastBusy(inService.length === 0 && tried.size === 0 ? channels : inService);
        if (channel === null) throw failure;
        tried.add(channel);
        try {
          return await on(channel, call);
        } catch (error) {
          if (!isBroken(error) || !mayRepeat(error)) throw error;
          failure = error;
        }
      }
    },
    close: () => {
      closed = true;
      stopLooking();
      for (const stop of waiting.values()) stop();
      waiting.clear();
    },
  };
};
