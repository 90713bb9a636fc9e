import { expect } from 'chai';
import { copiedRows } from '../../../src/infra/projections/copied-rows.ts';

const columns = { id: 'text', count: 'integer', open: 'boolean', lines: 'json', at: 'time?' } as const;
const copied = (row: Parameters<typeof copiedRows>[1][number]): string => copiedRows(columns, [row]).toString();

describe('Copied rows', () => {
  it('have their fields in the order of the columns', () => {
    const row = { lines: [{ note: 'no salt' }], at: '2026-01-02T03:04:05.678Z', open: true, count: -3, id: 'a' };
    expect(copied(row)).to.equal('a\t-3\ttrue\t[{"note":"no salt"}]\t2026-01-02T03:04:05.678Z\n');
  });

  it('tell nothing from a text that looks like it', () => {
    expect(copied({ id: '\\N', count: 0, open: false, lines: null, at: null })).to.equal('\\\\N\t0\tfalse\t\\N\t\\N\n');
  });

  it('keep a row on its line', () => {
    expect(copied({ id: 'a\tb\nc\rd\\e', count: 0, open: false, lines: ['"\n\\'], at: null })).to.equal(
      'a\\tb\\nc\\rd\\\\e\t0\tfalse\t["\\\\"\\\\n\\\\\\\\"]\t\\N\n',
    );
  });
});
