import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const DOMAIN = path.join(import.meta.dirname, '..', '..', 'domain');

/**
 * Of the rules as they are in the files that run: whatever changes in them makes another version, so that nobody can forget to
 * raise a number, and a state folded by other rules is never taken for one of these.
 */
export const deciderVersion = (folder = DOMAIN): string => {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).toSorted())
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(folder, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 32);
};
