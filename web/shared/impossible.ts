/** Reached only if a union grew a case that a switch does not know: tsc refuses that first. */
export const impossible = (value: never): never => {
  throw new Error(`Impossible: ${JSON.stringify(value)}`);
};
