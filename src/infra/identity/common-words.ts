import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The words that passwords which were stolen and published are most often made of, and a restaurant's own. */
export const commonWords: ReadonlySet<string> = new Set(
  readFileSync(join(import.meta.dirname, 'common-words.txt'), 'utf8')
    .split(/\s+/)
    .filter((word) => word.length > 1),
);
