// cspell:disable
import { expect } from 'chai';
import { base32, codeAt, stepOf, totpUri } from '../../../src/infra/identity/totp.ts';

const secret = Buffer.from('12345678901234567890');
const at = (seconds: number): Date => new Date(seconds * 1000);

describe('Time-based codes', () => {
  it('are those of RFC 6238, to six digits', () => {
    const known = [
      [59, '287082'],
      [1111111109, '081804'],
      [1111111111, '050471'],
      [1234567890, '005924'],
      [2000000000, '279037'],
      [20000000000, '353130'],
    ] as const;
    for (const [seconds, code] of known) expect(codeAt(secret, at(seconds))).to.equal(code);
  });

  it('count for their half minute and the ones beside it, and only after the one used last', () => {
    const code = codeAt(secret, at(3000));
    for (const seconds of [2970, 3000, 3059]) expect(stepOf(secret, code, at(seconds), 0), String(seconds)).to.equal(100);
    for (const seconds of [2969, 3060]) expect(stepOf(secret, code, at(seconds), 0), String(seconds)).to.equal(null);
    expect(stepOf(secret, code, at(3000), 100)).to.equal(null);
    for (const odd of ['', '12345', '1234567', '12345a', '１２３４５６']) expect(stepOf(secret, odd, at(3000), 0)).to.equal(null);
  });

  it('come from a secret that an authenticator reads', () => {
    expect(base32(Buffer.from('foobar'))).to.equal('MZXW6YTBOI');
    expect(totpUri(secret, 'Brigade', 'a b@c.d')).to.equal(
      'otpauth://totp/Brigade%3Aa%20b%40c.d?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Brigade',
    );
  });
});
