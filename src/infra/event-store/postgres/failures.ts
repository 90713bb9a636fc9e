import { DatabaseError } from 'pg';
import { DependencyDown } from '../../../commands/ports.ts';

/** SQLSTATE classes of a server that cannot serve right now: resources, intervention, system; and a standby that cannot write. */
const UNABLE = /^(?:08|53|57|58|25006)/;

/**
 * True where the server said no and so wrote nothing. Without its word, or with its last one, the commit may have come through:
 * the answer to a commit is lost with the connection.
 */
export const surelyNotWritten = (error: unknown): boolean => error instanceof DatabaseError && error.severity === 'ERROR';

/** The log was restored since this process began to write to it; append_batch says so. */
const ANOTHER_LOG = 'BR001';
export const isAnotherLog = (error: unknown): boolean => error instanceof DatabaseError && error.code === ANOTHER_LOG;

const ourMistake = (error: unknown): boolean =>
  surelyNotWritten(error) && !isAnotherLog(error) && !UNABLE.test((error as DatabaseError).code ?? '');

/** A driver's failure as callers know it; what is wrong with the statement itself stays as it is. */
export const asFailure = (error: unknown): unknown =>
  error instanceof DependencyDown || ourMistake(error) ? error : new DependencyDown('event log', error);
