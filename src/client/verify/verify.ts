import { Tampered } from './tampered.ts';
import { eachLine } from './read.ts';
import { verification, type Given, type Verified } from './verification.ts';

/** Reads an export from its beginning to its end. Throws Tampered. `onBytes` tells how much more was read. */
export const verifyExport = async (chunks: AsyncIterable<Buffer>, given: Given, onBytes?: (bytes: number) => void): Promise<Verified> => {
  const { line, finish, position } = verification(given);
  const rest = await eachLine(chunks, line, onBytes);
  if (rest.length > 0)
    throw new Tampered('cut-off', position() + 1, `It was cut off in the middle of a line after position ${position()}.`);
  return finish();
};
