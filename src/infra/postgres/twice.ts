import { DatabaseError } from 'pg';
import { DependencyDown } from '../../commands/ports.ts';

/** The server took note of the statement and refused it: to ask again would change nothing. */
const isRefused = (error: unknown): boolean => error instanceof DatabaseError && error.severity === 'ERROR';

/** For work that may be done again: the pool does not know yet of a connection that has just died or gone silent. */
export const twice = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DependencyDown || isRefused(error)) throw error;
    return work();
  }
};
