import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pipeline } from 'node:stream/promises';
import { verifyExport } from '../src/client/verify/verify.ts';
import { GENESIS, leafOf, link } from '../src/proof/chain.ts';
import { endLine, headLine, VALUES_A_LINE, valuesLine } from '../src/proof/export-lines.ts';
import { logKeyOf, signEnd, signHead } from '../src/proof/head.ts';
import { rootOf } from '../src/proof/tree.ts';
import { eventsOf, told, NO_TIMES, type Measured, type Options } from './report.ts';
import { data, metadata } from './support/line-added.ts';

const UNDER_A_HEAD = 8000;
const key = logKeyOf(generateKeyPairSync('ed25519').privateKey);
const signedAt = '2026-01-31T18:00:00.000Z';

/** Lines as an export has them, each with an event of its own. */
function* generated(count: number): Generator<string> {
  let chain = GENESIS;
  let after = 0;
  let values: string[] = [];
  let leaves: Buffer[] = [];
  for (let position = 1; position <= count; position++) {
    const line = JSON.stringify({
      type: 'OrderLinesAdded',
      data,
      eventId: randomUUID(),
      position,
      stream: `Order-${randomUUID()}`,
      revision: 1,
      metadata,
      recordedAt: signedAt,
    });
    const leaf = leafOf(line);
    chain = link(chain, leaf);
    leaves.push(leaf);
    values.push(chain.toString('hex'));
    yield `${line}\n`;
    const atHead = leaves.length === UNDER_A_HEAD;
    if (atHead || position === count || values.length === VALUES_A_LINE) {
      yield `${valuesLine(values, position)}\n`;
      values = [];
    }
    if (!atHead) continue;
    yield `${headLine(signHead({ after, position, chain: chain.toString('hex'), root: rootOf(leaves).toString('hex'), signedAt }, key))}\n`;
    after = position;
    leaves = [];
  }
  yield `${endLine(signEnd({ after, position: count, chain: chain.toString('hex'), signedAt }, key))}\n`;
}

/** `brigade verify` on generated events of the size that appends are measured with. */
export const verifyingExports = async ({ events: count }: Pick<Options, 'events'>): Promise<Measured> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'brigade-bench-'));
  const file = path.join(folder, 'export.ndjson');
  try {
    await pipeline(generated(count), createWriteStream(file));
    const started = performance.now();
    const given = { keys: new Map([[key.id, key.publicKey]]), kept: new Map() };
    const { events } = await verifyExport(createReadStream(file, { highWaterMark: 1 << 20 }), given);
    const perSecond = Math.round((events * 1000) / (performance.now() - started));
    return { rows: [{ what: 'verify an export', at: eventsOf(events), perSecond, ...NO_TIMES }], notes: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { events: { type: 'string', default: '1000000' } } });
  console.log(told(await verifyingExports({ events: Number(values.events) })));
}
