import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { clientAddress, networkOf } from '../../src/http/client-address.ts';

const request = (forwarded?: string) =>
  ({
    socket: { remoteAddress: '10.0.0.1' },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('The address a request came from', () => {
  it('is the socket’s where no proxy is trusted, whatever the header says', () => {
    expect(clientAddress(0)(request('1.2.3.4'))).to.equal('10.0.0.1');
  });
  it('is the one the last trusted proxy saw, so that what a client wrote before it is not believed', () => {
    expect(clientAddress(1)(request('6.6.6.6, 1.2.3.4'))).to.equal('1.2.3.4');
    expect(clientAddress(2)(request('6.6.6.6, 1.2.3.4, 10.0.0.9'))).to.equal('1.2.3.4');
  });
  it('is the socket’s where the header is missing', () => {
    expect(clientAddress(1)(request())).to.equal('10.0.0.1');
  });
  it('counts an IPv6 network as one, and an IPv4 address however it is written', () => {
    expect(networkOf('2001:db8:1:2:aaaa::1')).to.equal(networkOf('2001:db8:1:2:bbbb:1:2:3'));
    expect(networkOf('2001:db8:1:2::1')).to.not.equal(networkOf('2001:db8:1:3::1'));
    expect(networkOf('::1')).to.equal('0:0:0:0');
    expect(networkOf('::ffff:192.0.2.1')).to.equal('192.0.2.1');
  });
});
