import { expect } from 'chai';
import { dayFirst, instantOf, twelveHour } from '../../src/client/import/local-time.ts';

const at = (year: number, month: number, day: number, hour: number, minute = 0) => ({ year, month, day, hour, minute, second: 0 });
const iso = (local: ReturnType<typeof at>, timeZone: string) => new Date(instantOf(local, timeZone)).toISOString();

describe('Local time', () => {
  it('reads days day first, and refuses those that are not', () => {
    expect(dayFirst('31/03/2023')).to.deep.equal({ year: 2023, month: 3, day: 31 });
    expect(['31/04/2023', '29/02/2023', '0/01/2023', '2023-01-01'].map(dayFirst)).to.deep.equal([null, null, null, null]);
  });

  it('reads noon and midnight of a twelve-hour clock', () => {
    expect(['12:00:00 AM', '12:00:00 PM', '1:05:09 PM', '11:59:59 pm'].map((text) => twelveHour(text)?.hour)).to.deep.equal([
      0, 12, 13, 23,
    ]);
    expect(['0:00:00 AM', '13:00:00 PM', '1:60:00 AM', '13:00'].map(twelveHour)).to.deep.equal([null, null, null, null]);
  });

  it('is the instant the wall clock shows it', () => {
    expect(iso(at(2023, 1, 1, 12), 'UTC')).to.equal('2023-01-01T12:00:00.000Z');
    expect(iso(at(2023, 1, 1, 12), 'America/New_York')).to.equal('2023-01-01T17:00:00.000Z');
    expect(iso(at(2023, 7, 1, 12), 'America/New_York')).to.equal('2023-07-01T16:00:00.000Z');
    expect(iso(at(2023, 1, 1, 12), 'Asia/Kolkata')).to.equal('2023-01-01T06:30:00.000Z');
  });

  it('takes the first of an hour that comes twice, and goes on after one that is left out', () => {
    expect(iso(at(2023, 11, 5, 1, 30), 'America/New_York')).to.equal('2023-11-05T05:30:00.000Z');
    expect(iso(at(2023, 3, 12, 2, 30), 'America/New_York')).to.equal('2023-03-12T07:30:00.000Z');
  });
});
