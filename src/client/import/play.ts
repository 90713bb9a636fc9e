import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../api.ts';
import type { Plan, Step } from './plan.ts';

export type Refused = { readonly order: string; readonly command: string; readonly code: string; readonly detail: string };
export type Played = {
  readonly orders: number;
  readonly commands: number;
  readonly refused: readonly Refused[];
  readonly lastPosition: number;
};

/** Restaurant seconds in each second of ours; `max`: as fast as the server takes them. */
export type Speed = number | 'max';

const AT_ONCE = 16;

type Tally = { orders: number; commands: number; lastPosition: number; readonly refused: Refused[] };

/** Plays the plans through the batch door, each order's commands in their order; `onProgress` hears of every order done. */
export const play = async (
  api: Api,
  plans: readonly Plan[],
  speed: Speed,
  signal: AbortSignal,
  onProgress: (played: Played) => void,
): Promise<Played> => {
  const tally: Tally = { orders: 0, commands: 0, lastPosition: 0, refused: [] };
  const done = (): void => {
    tally.orders++;
    onProgress(tally);
  };
  if (speed === 'max') await atOnce(api, plans, tally, signal, done);
  else await paced(api, plans, tally, speed, signal, done);
  return tally;
};

const send = async (api: Api, plan: Plan, steps: readonly Step[], tally: Tally): Promise<void> => {
  const outcomes = await api.batch(steps.map(({ command }) => command));
  for (const [index, { status, body }] of outcomes.entries()) {
    tally.commands++;
    if (status < 300) tally.lastPosition = Math.max(tally.lastPosition, body.position ?? 0);
    else
      tally.refused.push({
        order: plan.reference,
        command: steps[index]?.command.type ?? '',
        code: body.code ?? String(status),
        detail: body.detail ?? '',
      });
  }
};

const atOnce = async (api: Api, plans: readonly Plan[], tally: Tally, signal: AbortSignal, done: () => void): Promise<void> => {
  const left = plans.values();
  const worker = async (): Promise<void> => {
    for (const plan of left) {
      if (signal.aborted) return;
      await send(api, plan, plan.steps, tally);
      done();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
};

/** Every step at its own time; a late answer holds up only its own order. */
const paced = async (
  api: Api,
  plans: readonly Plan[],
  tally: Tally,
  speed: number,
  signal: AbortSignal,
  done: () => void,
): Promise<void> => {
  const steps = plans
    .flatMap((plan) => plan.steps.map((step, index) => ({ plan, step, last: index === plan.steps.length - 1 })))
    .toSorted((a, b) => a.step.at - b.step.at);
  const start = steps[0]?.step.at ?? 0;
  const started = performance.now();
  const underWay = new Map<string, Promise<void>>();
  const inTurn = async (before: Promise<void>, plan: Plan, step: Step, last: boolean): Promise<void> => {
    await before;
    await send(api, plan, [step], tally);
    if (!last) return;
    underWay.delete(plan.orderId);
    done();
  };
  for (const { plan, step, last } of steps) {
    const due = (step.at - start) / speed - (performance.now() - started);
    if (due > 0) await pause(due, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const before = underWay.get(plan.orderId) ?? Promise.resolve();
    underWay.set(plan.orderId, inTurn(before, plan, step, last));
  }
  await Promise.all(underWay.values());
};
