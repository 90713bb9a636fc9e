/** The checkpoint was made on another log, or on this one before it was restored to an earlier state: start over from the beginning. */
export class StaleCheckpoint extends Error {
  readonly code = 'stale-checkpoint';
  constructor(checkpoint: string) {
    super(`The checkpoint ${checkpoint} is not one of this log. Rebuild what was made with it.`);
    this.name = 'StaleCheckpoint';
  }
}
