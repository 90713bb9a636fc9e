import { DatabaseError } from 'pg';

/** SQLSTATE classes of a server that cannot serve right now: connection, resources, intervention, system. */
const UNABLE = /^(?:08|53|57|58)/;

/** True where the server was there and said no; false where it cannot be reached, or cannot serve at the moment. */
export const isAnswer = (error: unknown): boolean => error instanceof DatabaseError && !UNABLE.test(error.code ?? '');
