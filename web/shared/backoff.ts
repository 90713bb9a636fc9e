const FIRST_MS = 300;
const LONGEST_MS = 5_000;

/** Milliseconds before attempt number `attempt` (from 1), spread by `random` (0 to 1) so that a room of screens does not return as one. */
export const backoff = (attempt: number, random: number): number => {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
};
