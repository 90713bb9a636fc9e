import { enableCompileCache } from 'node:module';
import path from 'node:path';

// Compiled code is kept beside the packages, whose rights it needs; where that cannot be written it is compiled anew each time.
enableCompileCache(path.join(import.meta.dirname, '..', 'node_modules', '.cache', 'brigade'));

// Only what is loaded from here on is kept.
const { run } = await import('./main/run.ts');
await run();
