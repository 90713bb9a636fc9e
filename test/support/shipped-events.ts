import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '../../src/domain/decider.ts';
import { SCHEMA_VERSION } from '../../src/domain/upcast.ts';

const FOLDER = join(import.meta.dirname, 'shipped-events');

const shippedIn = (version: number): readonly Message<string, unknown>[] =>
  JSON.parse(readFileSync(join(FOLDER, `${version}.json`), 'utf8')) as readonly Message<string, unknown>[];

/** An example of each event as each version wrote it, by version. These files are never edited: such events lie in logs for ever. */
export const shippedEvents: ReadonlyMap<number, readonly Message<string, unknown>[]> = new Map(
  Array.from({ length: SCHEMA_VERSION }, (_, index) => [index + 1, shippedIn(index + 1)] as const),
);
