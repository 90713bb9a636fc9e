import type { Handler } from '../context.ts';

/** Several handlers as one. */
export const inOrder =
  (...handlers: readonly Handler[]): Handler =>
  (ctx, next) => {
    const from = (index: number): unknown => {
      const handler = handlers[index];
      return handler === undefined ? next() : handler(ctx, async () => from(index + 1));
    };
    return from(0);
  };
