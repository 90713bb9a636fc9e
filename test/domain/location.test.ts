import { locationDecider, type LocationCommand, type LocationDetails } from '../../src/domain/location.ts';
import { canonicalEvents, locationId } from '../support/canonical-events.ts';
import { spec } from '../support/spec.ts';

const { given } = spec(locationDecider);
const { LocationDefined: defined, LocationChanged: renamed } = canonicalEvents;

const define = (wishes: Partial<LocationDetails> = {}): LocationCommand => ({
  type: 'DefineLocation',
  data: { ...defined.data, ...wishes },
});
const change = (wishes: Partial<LocationDetails>): LocationCommand => ({ type: 'ChangeLocation', data: { locationId, ...wishes } });

const unsound = [
  { wishes: { timeZone: 'Europe/Atlantis' }, code: 'time-zone-unknown' },
  { wishes: { timeZone: '+02:00' }, code: 'time-zone-unknown' },
  { wishes: { timeZone: '' }, code: 'time-zone-unknown' },
  { wishes: { currency: 'usd' }, code: 'currency-invalid' },
  { wishes: { currency: 'USDT' }, code: 'currency-invalid' },
  { wishes: { dayStartsAt: '24:00' }, code: 'day-start-invalid' },
  { wishes: { dayStartsAt: '4:00' }, code: 'day-start-invalid' },
];

describe('Location: define', () => {
  it('is defined', () => given().when(define()).then(defined));
  it('is defined once', () => given(defined).when(define()).nothing());
  it('refuses another location under its id', () =>
    given(defined)
      .when(define({ name: 'Mill Lane' }))
      .rejects('location-exists'));
  for (const { wishes, code } of unsound) it(`refuses ${JSON.stringify(wishes)}`, () => given().when(define(wishes)).rejects(code));
});

describe('Location: change', () => {
  const { name } = renamed.data;

  it('changes what is given and leaves the rest', () => given(defined).when(change({ name })).then(renamed));
  it('changes once', () => given(defined, renamed).when(change({ name })).nothing());
  it('stays quiet when nothing is wished', () => given(defined).when(change({})).nothing());
  for (const { wishes, code } of unsound) it(`refuses ${JSON.stringify(wishes)}`, () => given(defined).when(change(wishes)).rejects(code));
  it('refuses what was never defined', () => given().when(change({ name })).rejects('location-unknown'));
});
