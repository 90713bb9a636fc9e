/** Every advisory lock we take, in one place: two purposes must never share a number. */
export const advisoryLocks = {
  migration: 7_203_941_221,
  projector: 7_203_941_222,
  firstOwner: 7_203_941_223,
  keysDatabase: 7_203_941_230,
} as const;
