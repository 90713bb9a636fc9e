import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const DIST = join(HERE, 'dist');
const STAMP = '.built-from';

/** The sources as one name; the lock file stands for the packages that go into the pages. */
const sourcesHash = async (): Promise<string> => {
  const entries = await readdir(HERE, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sources = names.filter((name) => !name.startsWith(DIST)).toSorted();
  const hash = createHash('sha256');
  for (const name of [...sources, join(HERE, '..', 'package-lock.json')]) hash.update(name.slice(HERE.length)).update(await readFile(name));
  return hash.digest('hex');
};

const builtFrom = (): Promise<string | null> =>
  readFile(join(DIST, STAMP), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });

/** Builds the pages, unless they were built from these very sources; answers the folder they are in. */
export const buildPages = async (): Promise<string> => {
  const wanted = await sourcesHash();
  if ((await builtFrom()) === wanted) return DIST;
  const { build } = await import('vite');
  const fresh = join(HERE, '..', 'node_modules', `.pages-${process.pid}`);
  await build({ configFile: join(HERE, 'vite.config.ts'), build: { outDir: fresh } });
  await writeFile(join(fresh, STAMP), wanted);
  await putInPlace(fresh, wanted);
  return DIST;
};

/** Two programs may start at once and build the same: the later one's build is then thrown away. */
const putInPlace = async (fresh: string, wanted: string): Promise<void> => {
  try {
    await rm(DIST, { recursive: true, force: true });
    await rename(fresh, DIST);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if ((await builtFrom()) !== wanted) throw error;
  }
};

if (import.meta.main) console.log(await buildPages());
