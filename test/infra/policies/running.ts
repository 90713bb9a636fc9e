import type { Policy } from '../../../src/commands/policies/policy.ts';
import { policies as allPolicies } from '../../../src/commands/policies/all.ts';
import type { Cause, SendCommand } from '../../../src/commands/policies/send-command.ts';
import { pause, type Pause } from '../../../src/infra/policies/only-one.ts';
import { runPolicies } from '../../../src/infra/policies/runner.ts';
import { silent, type StoreRoom } from './store-room.ts';

export type Options = {
  readonly policies?: readonly Policy[];
  readonly send?: SendCommand;
  readonly pause?: Pause;
  readonly pageSize?: number;
};

/** A policy runner as one process has it. */
export type Running = {
  readonly sent: readonly Cause[];
  /** Settles once every policy has done all that the log asks for, also what its own effects added. */
  readonly caughtUp: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Settles when it ends by itself: rejects with the reason. */
  readonly ended: Promise<void>;
  /** As when the process is killed: its database session ends, and it does nothing more. */
  readonly kill: () => Promise<void>;
};

export const startRunner = (
  room: StoreRoom,
  { policies = allPolicies, send = room.send, pageSize = 500, ...options }: Options = {},
): Running => {
  const stopping = new AbortController();
  const sent: Cause[] = [];
  const positions = new Map<string, number>();
  let killed = false;
  let changed = Promise.withResolvers<void>();

  const runner = {
    policies,
    store: room.store,
    ownerUrl: room.ownerUrl,
    log: silent,
    pageSize,
    pause: options.pause ?? pause,
    send: async (...[command, cause]: Parameters<SendCommand>) => {
      if (killed) return new Promise<never>(() => {});
      sent.push(cause);
      return send(command, cause);
    },
    metrics: {
      progressed: (policy: string, position: number) => {
        positions.set(policy, position);
        changed.resolve();
        changed = Promise.withResolvers();
      },
      effects: () => undefined,
    },
  };
  const running = runPolicies(runner, stopping.signal);

  return {
    sent,
    ended: running,
    caughtUp: async () => {
      for (;;) {
        const next = changed.promise;
        const head = await room.store.head();
        if (policies.every(({ name }) => positions.get(name) === head)) return;
        await next;
      }
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
    kill: async () => {
      killed = true;
      stopping.abort();
      await room.asOwner(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'brigade policies' and datname = current_database()`,
      );
    },
  };
};
