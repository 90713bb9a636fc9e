import { NewerVersionNeeded } from '../../commands/newer-version.ts';
import { DependencyDown } from '../../commands/ports.ts';
import type { SendCommand, Sent } from '../../commands/policies/send-command.ts';
import type { Log } from '../postgres/log.ts';
import type { Pause } from './only-one.ts';
import type { PlannedCommand, Refusal } from './plan.ts';

export type Delivery = { readonly send: SendCommand; readonly log: Log; readonly pause: Pause; readonly concurrency: number };

/** How often something is tried that fails for a reason nobody foresaw, before it is written down and left to people. */
const UNFORESEEN_TRIES = 8;
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 10_000;

type Failure = { readonly kind: 'down' } | { readonly kind: 'unforeseen'; readonly error: unknown };

/**
 * Sends commands, those to one aggregate in their order, those to different ones side by side. Answers which were refused.
 * Waits as long as it takes for what is out of reach, or until the signal aborts: then throws, having begun nothing more.
 * Throws NewerVersionNeeded: that version has to go on, and this process stands aside for it.
 */
export const deliver = async (
  commands: readonly PlannedCommand[],
  delivery: Delivery,
  signal: AbortSignal,
): Promise<readonly Refusal[]> => {
  const chains = [...Map.groupBy(commands, ({ send }) => send.id).values()].values();
  const refusals: Refusal[] = [];
  const sender = async (): Promise<void> => {
    for (const chain of chains) {
      for (const command of chain) {
        const refusal = await deliverOne(command, delivery, signal);
        if (refusal !== null) refusals.push(refusal);
      }
    }
  };
  const senders = await Promise.allSettled(Array.from({ length: delivery.concurrency }, sender));
  for (const ended of senders) if (ended.status === 'rejected') throw ended.reason;
  return refusals;
};

const deliverOne = async (command: PlannedCommand, { send, log, pause }: Delivery, signal: AbortSignal): Promise<Refusal | null> => {
  const { policy, eventId, effect, position } = command;
  const what = { policy, eventId, effect, position, commandType: command.send.command.type };
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    const sent = await trySend(command, send);
    if (sent.kind === 'done') return null;
    if (sent.kind === 'refused') {
      log.warn({ ...what, code: sent.code }, 'A policy’s command was refused');
      return { ...what, code: sent.code, detail: sent.detail };
    }
    if (sent.kind === 'unforeseen') {
      log.error({ ...what, tries, err: sent.error }, 'A policy’s command failed');
      if (tries >= UNFORESEEN_TRIES) return { ...what, code: 'policy-effect-failed', detail: String(sent.error) };
    } else {
      log.warn({ ...what, tries, kind: sent.kind }, 'A policy’s command must wait');
    }
    await pause(Math.min(SHORTEST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS), signal);
  }
};

const trySend = async ({ send: { command }, cause }: PlannedCommand, send: SendCommand): Promise<Sent | Failure> => {
  try {
    return await send(command, cause);
  } catch (error) {
    if (error instanceof NewerVersionNeeded) throw error;
    return error instanceof DependencyDown ? { kind: 'down' } : { kind: 'unforeseen', error };
  }
};
