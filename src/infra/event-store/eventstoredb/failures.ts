import {
  AccessDeniedError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  RequiredMetadataPropertyMissingError,
  StreamDeletedError,
  UnsupportedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { DependencyDown } from '../../../commands/ports.ts';
import { StaleCheckpoint } from '../stale-checkpoint.ts';

/** An operator deleted the stream in EventStoreDB for good. */
export class StreamDeleted extends Error {
  readonly code = 'stream-deleted';
  constructor(stream: string, cause: unknown) {
    super(`The stream ${stream} was deleted in EventStoreDB; nothing can be appended to it any more.`, { cause });
    this.name = 'StreamDeleted';
  }
}

const ANSWERS = [
  AccessDeniedError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  RequiredMetadataPropertyMissingError,
  StreamDeletedError,
  UnsupportedError,
  WrongExpectedVersionError,
  DependencyDown,
  StaleCheckpoint,
  StreamDeleted,
  TypeError,
];

/** The server's word on what was asked. All else is a broken line, a slow server, or a change of leader. */
export const isAnswer = (error: unknown): boolean => ANSWERS.some((answer) => error instanceof answer);

/** The request did not leave us. */
export const wasNotSent = (error: unknown): boolean =>
  error instanceof Error && /No connection established|Name resolution failed|Failed to discover/.test(error.message);

/** A client's failure as callers know it; the server's own answers stay as they are. */
export const asFailure = (error: unknown): unknown => {
  if (error instanceof StreamDeletedError) return new StreamDeleted(error.streamName, error);
  return isAnswer(error) ? error : new DependencyDown('event log', error);
};
