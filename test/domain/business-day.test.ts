import { expect } from 'chai';
import fc from 'fast-check';
import { businessDay, isTimeOfDay, isTimeZone } from '../../src/domain/business-day.ts';

describe('Business day', () => {
  it('is the day before until the day starts', () => {
    expect(businessDay('2025-03-15T07:59:59.999Z', 'America/New_York', '04:00')).to.equal('2025-03-14');
    expect(businessDay('2025-03-15T08:00:00.000Z', 'America/New_York', '04:00')).to.equal('2025-03-15');
  });

  it('is the day on the wall where it starts at midnight', () => {
    expect(businessDay('2025-03-14T18:14:59Z', 'Asia/Kathmandu', '00:00')).to.equal('2025-03-14');
    expect(businessDay('2025-03-14T18:15:00Z', 'Asia/Kathmandu', '00:00')).to.equal('2025-03-15');
  });

  it('crosses months and years', () => {
    expect(businessDay('2025-01-01T02:00:00Z', 'UTC', '04:00')).to.equal('2024-12-31');
    expect(businessDay('2024-03-01T03:59:00Z', 'UTC', '04:00')).to.equal('2024-02-29');
  });

  it('goes by the clock on the wall when an hour is skipped or repeated', () => {
    expect(businessDay('2025-03-30T01:30:00Z', 'Europe/Paris', '04:00')).to.equal('2025-03-29');
    expect(businessDay('2025-03-30T02:00:00Z', 'Europe/Paris', '04:00')).to.equal('2025-03-30');
    expect(businessDay('2025-10-26T02:59:00Z', 'Europe/Paris', '04:00')).to.equal('2025-10-25');
    expect(businessDay('2025-10-26T03:00:00Z', 'Europe/Paris', '04:00')).to.equal('2025-10-26');
  });

  it('never runs backwards', () => {
    const anInstant = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    const aZone = fc.constantFrom('UTC', 'Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia');
    fc.assert(
      fc.property(anInstant, fc.nat({ max: 200_000_000 }), aZone, (at, milliseconds, zone) => {
        const before = businessDay(at.toISOString(), zone, '04:00');
        const after = businessDay(new Date(at.getTime() + milliseconds).toISOString(), zone, '04:00');
        expect(after >= before).to.equal(true);
      }),
    );
  });
});

describe('Time zones and times of day', () => {
  it('knows IANA names', () => {
    const names = ['Europe/Paris', 'UTC', 'America/Argentina/Buenos_Aires', 'Europe/Atlantis', '+02:00', '-05', ''];
    expect(names.filter(isTimeZone)).to.deep.equal(['Europe/Paris', 'UTC', 'America/Argentina/Buenos_Aires']);
  });
  it('knows HH:MM', () => {
    expect(['00:00', '04:30', '23:59', '24:00', '4:30', '04:60', '04:30:00'].filter(isTimeOfDay)).to.deep.equal([
      '00:00',
      '04:30',
      '23:59',
    ]);
  });
});
