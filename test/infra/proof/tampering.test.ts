import { expect } from 'chai';
import { Tampered } from '../../../src/client/verify/tampered.ts';
import type { SignedHead } from '../../../src/proof/head.ts';
import { leafOf, link, GENESIS } from '../../../src/proof/chain.ts';
import { VALUES_A_LINE, valuesLine } from '../../../src/proof/export-lines.ts';
import { postgresStores } from '../event-store/postgres-stores.ts';
import { asText, exported, fillLog, recomputeForward, signAll, verifyText } from './chain-under-test.ts';

const TIMES = 500;
const APPENDS = 30;
const ROUNDS = 4;

/** The same each time: a number below `below`. */
const numbers =
  (seed: number) =>
  (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };

const isEvent = (line: string): boolean => line.startsWith('{"type":');
const spoil = (line: string, at: number): string => line.slice(0, at) + (line[at] === 'x' ? 'y' : 'x') + line.slice(at + 1);

/** What he might do who knows how the chain is made but has not the key. */
const chainedAgain = (lines: readonly string[]): readonly string[] => {
  let chain = GENESIS;
  let last = 0;
  let values: string[] = [];
  return lines.map((line) => {
    if (isEvent(line)) {
      chain = link(chain, leafOf(line));
      values.push(chain.toString('hex'));
      last += 1;
    }
    if (!line.startsWith('{"chain":')) return line;
    const again = valuesLine(values, last);
    values = [];
    return again;
  });
};

/** `first`: the positions of which one must be named. */
type Done = { readonly what: string; readonly text: string; readonly first: readonly [from: number, to: number] };

const tamperedText = (lines: readonly string[], any: (below: number) => number): Done => {
  const indexes = lines.flatMap((line, index) => (isEvent(line) ? [index] : []));
  const others = lines.flatMap((line, index) => (isEvent(line) ? [] : [index]));
  const count = indexes.length;
  const k = 1 + any(count - 1);
  const at = indexes[k - 1] ?? 0;
  const next = indexes[k] ?? 0;
  const line = lines[at] ?? '';
  const other = others[any(others.length)] ?? 0;
  const changed = (what: string, change: (copy: string[]) => void, first: Done['first'] = [k, k]): Done => {
    const copy = [...lines];
    change(copy);
    return { what, text: asText(copy), first };
  };
  switch (any(8)) {
    case 0:
      return changed('a letter of an event', (copy) => (copy[at] = spoil(line, any(line.length))));
    case 1:
      return changed('an event removed', (copy) => copy.splice(at, 1));
    case 2:
      return changed('an event doubled', (copy) => copy.splice(at, 0, line), [k + 1, k + 1]);
    case 3:
      return changed('two events swapped', (copy) => ([copy[at], copy[next]] = [copy[next] ?? '', line]));
    case 4: {
      const text = asText(lines);
      const end = any(text.length);
      const seen = text.slice(0, end).split('\n').slice(0, -1).filter(isEvent).length;
      return { what: 'cut off', text: text.slice(0, end), first: [seen + 1, seen + 1] };
    }
    case 5:
      return changed('a letter of a proof', (copy) => (copy[other] = spoil(lines[other] ?? '', any(lines[other]?.length ?? 0))), [
        1,
        count + 1,
      ]);
    case 6:
      return changed('a proof removed', (copy) => copy.splice(other, 1), [1, count + 1]);
    default: {
      const copy = [...lines];
      copy[at] = line.replace('"OrderNoted"', '"OrderPaid"');
      return { what: 'chained again', text: asText(chainedAgain(copy)), first: [Math.max(1, k - VALUES_A_LINE), k] };
    }
  }
};

describe('Tampering', function () {
  this.timeout(120_000);
  const { open, owner } = postgresStores();
  let heads: readonly SignedHead[] = [];
  let count = 0;

  before(async () => {
    const store = open();
    for (let round = 0; round < ROUNDS; round++) {
      // Streams go on from round to round only by name: each has its own.
      await fillLog({ ...store, append: (append) => store.append({ ...append, stream: `${append.stream}-${round}` }) }, APPENDS);
      if (round < ROUNDS - 1) heads = [...heads, ...(await signAll(owner()))];
    }
    heads = [...heads, ...(await signAll(owner()))];
    count = heads.at(-1)?.position ?? 0;
  });

  const found = ({ what, text, first: [from, to] }: Done, kept?: ReadonlyMap<number, SignedHead>): void => {
    const verdict = verifyText(text, kept);
    if (!(verdict instanceof Tampered)) throw new Error(`Not found: ${what}`);
    expect(verdict.position, `${what}: ${verdict.message}`).to.be.within(from, to);
  };

  it(`of the export is found and named, ${TIMES} times of ${TIMES}`, async () => {
    const lines = await exported(owner());
    expect(verifyText(asText(lines))).to.deep.include({ events: count, heads: ROUNDS });
    const any = numbers(1);
    for (let nth = 0; nth < TIMES; nth++) found(tamperedText(lines, any));
  });

  const ways: readonly (readonly [what: string, sql: (k: number) => string])[] = [
    ['type', (k) => `update events set type = 'OrderPaid' where position = ${k}`],
    ['data', (k) => `update events set data = '{"text":"other"}' where position = ${k}`],
    ['white space in data', (k) => `update events set data = (' ' || data::text)::json where position = ${k}`],
    ['who did it', (k) => `update events set metadata = replace(metadata::text, 'user-1', 'user-2')::json where position = ${k}`],
    ['when', (k) => `update events set recorded_at = recorded_at - interval '1 second' where position = ${k}`],
    ['id', (k) => `update events set event_id = gen_random_uuid() where position = ${k}`],
    ['revision', (k) => `update events set revision = revision + 1000 where position = ${k}`],
    [
      'stream',
      (k) =>
        `update events set stream_id = (select max(id) + 1 - stream_id from streams), revision = revision + 1000 where position = ${k}`,
    ],
    ['hash', (k) => `update events set chain = sha256(chain) where position = ${k}`],
    ['removed', (k) => `delete from events where position = ${k}`],
    [
      'removed and numbered again',
      (k) => `delete from events where position = ${k}; update events set position = -position where position > ${k};
        update events set position = -position - 1 where position < 0; update log_head set position = position - 1`,
    ],
    [
      'inserted',
      (k) => `update events set position = -position where position >= ${k}; update events set position = 1 - position where position < 0;
        insert into events select ${k}, stream_id, recorded_at, gen_random_uuid(), revision + 1000, type, data, metadata, chain from events where position = ${k + 1};
        update log_head set position = position + 1`,
    ],
    [
      'swapped',
      (k) =>
        `update events set position = -position where position in (${k}, ${k + 1}); update events set position = ${2 * k + 1} + position where position < 0`,
    ],
    ['cut off', (k) => `delete from events where position >= ${k}`],
    ['cut off with the head', (k) => `delete from events where position >= ${k}; update log_head set position = ${k - 1}`],
  ];

  const asSuperuser = async (statements: string, again: number | null): Promise<string> => {
    await owner().query('begin; set local session_replication_role = replica');
    try {
      await owner().query(statements);
      if (again !== null) await recomputeForward(owner(), again);
      return asText(await exported(owner()));
    } finally {
      await owner().query('rollback');
    }
  };
  const segmentOf = (k: number): number => (heads.find(({ position }) => position >= k)?.after ?? 0) + 1;

  it(`in the database by its superuser is found and named, ${TIMES} times of ${TIMES}`, async () => {
    const any = numbers(2);
    for (let nth = 0; nth < TIMES; nth++) {
      const [what, sql] = ways[nth % ways.length] ?? ['', () => ''];
      const k = 1 + any(count - 1);
      const again = what !== 'hash' && any(2) === 0;
      const text = await asSuperuser(sql(k), again ? k : null);
      // Who can count and hash can hide where between two heads he was at work, not that he was.
      const last = what.startsWith('removed and') && k > (heads.at(-1)?.after ?? 0) ? count : k;
      found({
        what: `${what} at ${k}${again ? ', chained again' : ''}`,
        text,
        first: again || what.startsWith('cut') ? [segmentOf(k), last] : [k, k],
      });
    }
  });

  it('that takes the heads away too is found by heads kept elsewhere', async () => {
    const kept = new Map(heads.map((head) => [head.position, head]));
    const any = numbers(3);
    for (let nth = 0; nth < 20; nth++) {
      const k = 1 + any(count - 1);
      const way =
        nth % 2 === 0
          ? `update events set type = 'OrderPaid' where position = ${k}`
          : `delete from events where position >= ${k}; update log_head set position = ${k - 1}`;
      const text = await asSuperuser(`${way}; delete from signed_heads where position >= ${k}`, k);
      expect(verifyText(text)).to.not.be.instanceOf(Tampered);
      found({ what: `without heads at ${k}`, text, first: [segmentOf(k), k] }, kept);
    }
  });
});
