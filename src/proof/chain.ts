import { hash } from 'node:crypto';

/** What the first event follows on. */
export const GENESIS: Buffer = Buffer.alloc(32);

/** Of an event's line as the export has it, without the line's end. */
export const leafOf = (line: Buffer | string): Buffer => hash('sha256', line, 'buffer');

const both = Buffer.alloc(64);

/** The chain's value at an event: sha256 over the value before it and the event's leaf. */
export const link = (before: Buffer, leaf: Buffer): Buffer => {
  before.copy(both, 0);
  leaf.copy(both, 32);
  return hash('sha256', both, 'buffer');
};
