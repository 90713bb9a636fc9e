import { expect } from 'chai';
import { originAllowed } from '../../../src/http/live/origin.ts';

const allowed = ['https://kitchen.example'];

describe('Origins of the live stream', () => {
  it('may be the server itself, also where the port goes without saying', () => {
    expect(originAllowed({ origin: 'http://brigade.local:3000', host: 'brigade.local:3000' }, [])).to.equal(true);
    expect(originAllowed({ origin: 'https://Brigade.local', host: 'brigade.LOCAL' }, [])).to.equal(true);
  });
  it('may be listed', () => expect(originAllowed({ origin: 'https://kitchen.example', host: 'api.example' }, allowed)).to.equal(true));
  it('may be absent, outside of browsers', () => expect(originAllowed({ host: 'api.example' }, allowed)).to.equal(true));
  for (const origin of ['https://evil.example', 'http://kitchen.example', 'https://kitchen.example.evil.example', 'null', 'file://', '']) {
    it(`may not be '${origin}'`, () => expect(originAllowed({ origin, host: 'api.example' }, allowed)).to.equal(false));
  }
  it('may not be a host of no name, though the request names none', () =>
    expect(originAllowed({ origin: 'file://', host: '' }, allowed)).to.equal(false));
});
