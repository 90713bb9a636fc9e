import {
  BackendTerminatedError,
  BackendTerminatedUnexpectedlyError,
  ConnectionError,
  SlonikError,
  type CommonQueryMethods,
  type DatabasePool,
} from 'slonik';
import { DependencyDown } from '../../commands/ports.ts';
import { isAnswer } from './is-answer.ts';

const METHODS: ReadonlySet<string | symbol> = new Set<keyof CommonQueryMethods>([
  'any',
  'anyFirst',
  'exists',
  'many',
  'manyFirst',
  'maybeOne',
  'maybeOneFirst',
  'one',
  'oneFirst',
  'query',
]);

const LOST = [ConnectionError, BackendTerminatedError, BackendTerminatedUnexpectedlyError];

/** Whether the server was there and said no, or the mistake is ours. */
const wasReached = (error: unknown): boolean => {
  if (LOST.some((kind) => error instanceof kind)) return false;
  const { cause } = error as { readonly cause?: unknown };
  return error instanceof SlonikError || error instanceof TypeError || isAnswer(error) || isAnswer(cause);
};

/** The same pool; where the server cannot be reached or cannot serve, queries throw `DependencyDown`. */
export const reachableQueries = (pool: DatabasePool): DatabasePool =>
  new Proxy(pool, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (!METHODS.has(name) || typeof method !== 'function') return method;
      return async (...statement: readonly unknown[]): Promise<unknown> => {
        try {
          return await Reflect.apply(method, target, statement);
        } catch (error) {
          throw wasReached(error) ? error : new DependencyDown('database', error);
        }
      };
    },
  });
