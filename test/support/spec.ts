import { expect } from 'chai';
import type { Decider, Message } from '../../src/domain/decider.ts';
import { Rejection } from '../../src/domain/rejection.ts';

/** Given past facts, when a command, then new facts, nothing, or a refusal. */
export const spec = <S, C extends Message<string, unknown>, E extends Message<string, unknown>>({
  initial,
  evolve,
  decide,
}: Decider<S, C, E>) => ({
  given: (...past: readonly E[]) => ({
    when: (command: C) => {
      const run = () => decide(past.reduce(evolve, initial), command);
      return {
        // oxlint-disable-next-line unicorn/no-thenable -- given, when, then; nobody awaits it
        then: (...expected: readonly E[]): void => void expect(run()).to.deep.equal(expected),
        nothing: (): void => void expect(run()).to.deep.equal([]),
        rejects: (code: string): void => void expect(refusalOf(run).code).to.equal(code),
      };
    },
  }),
});

/** The refusal of what must be refused; anything else that is thrown stays thrown. */
export const refusalOf = (run: () => unknown): Rejection => {
  try {
    run();
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
  return expect.fail('It was not refused.');
};

/**
 * What happens when commands come one after another, each fixed or chosen by what is so by then:
 * the state before, the events and the state after. Refused ones leave no trace.
 */
export const play = <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
  { initial, evolve, decide }: Decider<S, C, E>,
  moves: readonly Move<S, C>[],
): readonly Step<S, C, E>[] => {
  let state = initial;
  return moves.flatMap((move) => {
    const before = state;
    const command = typeof move === 'function' ? move(before) : move;
    const events = unlessRefused(() => decide(before, command));
    if (events === null) return [];
    state = events.reduce(evolve, before);
    return [{ before, command, events, after: state }];
  });
};

export type Move<S, C> = C | ((state: S) => C);
export type Step<S, C, E> = { readonly before: S; readonly command: C; readonly events: readonly E[]; readonly after: S };

/** Null where it was refused. */
export const unlessRefused = <T>(run: () => T): T | null => {
  try {
    return run();
  } catch (error) {
    if (error instanceof Rejection) return null;
    throw error;
  }
};
