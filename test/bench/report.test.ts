import { expect } from 'chai';
import { NO_TIMES, table, type Row } from '../../bench/report.ts';
import { medians } from '../../bench/results.ts';
import { timingOf } from '../../bench/support/timing.ts';

const row = (more: Partial<Row>): Row => ({ what: 'appends', at: '64 writers', perSecond: 100, ...NO_TIMES, ...more });
const measured = (...rows: readonly Row[]) => ({ rows, notes: ['durable'] });

describe('what the benchmarks tell', () => {
  it('has percentiles by nearest rank, the longest being the last of them', () => {
    const times = Array.from({ length: 1000 }, (_, index) => 1000 - index);
    expect(timingOf(times)).to.deep.equal({ p50Ms: 500, p99Ms: 990, p999Ms: 999, maxMs: 1000 });
  });

  it('leaves out columns that say nothing', () => {
    expect(table([row({ perSecond: 12_345, beside: { pgbench: 2.1, Emmett: 12 } })])).to.equal(
      '| what | at | per second | beside |\n| --- | --- | --: | --: |\n| appends | 64 writers | 12,345 | 2.1 × pgbench, 12 × Emmett |',
    );
  });

  it('takes the median of each figure over the rounds, ratios too, and says a note once', () => {
    const rounds = [300, 100, 200].map((perSecond) =>
      measured(row({ perSecond, p99Ms: perSecond / 10, beside: { pgbench: perSecond / 100 } })),
    );
    expect(medians(rounds)).to.deep.equal({
      rows: [{ ...row({ perSecond: 200, p99Ms: 20 }), p999Ms: null, beside: { pgbench: 2 } }],
      notes: ['durable'],
    });
  });

  it('hides no refusal and no memory behind a median', () => {
    const of = (refused: number, to: number) => measured(row({ refused, memoryMb: { from: 100 + refused, to } }));
    const { rows } = medians([of(0, 200), of(3, 150), of(0, 180)]);
    expect(rows[0])
      .to.include({ refused: 3 })
      .and.deep.include({ memoryMb: { from: 100, to: 200 } });
  });
});
