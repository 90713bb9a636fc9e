/** A key as the key store keeps it: `wrappedBy` says with which master key it is opened. */
export type WrappedKey = { readonly subject: string; readonly wrapped: Buffer; readonly wrappedBy: string };

/**
 * What data keys are locked away with. Throws `DependencyDown` where it cannot be asked at the moment, MasterKeyUnfit where it is
 * not what the keys were wrapped with.
 */
export type MasterKeys = {
  /** The one that wraps now. */
  readonly present: string;
  readonly wrap: (subject: string, key: Buffer) => Promise<WrappedKey>;
  /** In the order given. */
  readonly unwrap: (keys: readonly WrappedKey[]) => Promise<readonly Buffer[]>;
};

/** The master key cannot be used; the message says what to do. */
export class MasterKeyUnfit extends Error {
  readonly code = 'master-key-unfit';
  constructor(what: string, cause?: unknown) {
    super(`${what}. docs/privacy.md says what a master key is and how it is changed.`, { cause });
    this.name = 'MasterKeyUnfit';
  }
}
