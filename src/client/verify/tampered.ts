export type Tampering = 'changed' | 'removed' | 'inserted' | 'cut-off' | 'rewritten' | 'unsigned';

/** The log is not what was recorded; `position` is the first at which it differs. */
export class Tampered extends Error {
  readonly kind: Tampering;
  readonly position: number;
  constructor(kind: Tampering, position: number, message: string) {
    super(message);
    this.name = 'Tampered';
    this.kind = kind;
    this.position = position;
  }
}
