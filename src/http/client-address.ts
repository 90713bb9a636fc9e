import type { IncomingMessage } from 'node:http';

/** The address a request came from: the one in X-Forwarded-For that as many trusted proxies vouch for, else the socket's. */
export const clientAddress =
  (trustedProxies: number) =>
  (request: IncomingMessage): string => {
    const socket = request.socket.remoteAddress ?? 'unknown';
    if (trustedProxies === 0) return socket;
    const header = request.headers['x-forwarded-for'];
    const forwarded = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((address) => address.trim());
    return forwarded.filter((address) => address !== '').at(-trustedProxies) ?? socket;
  };

const MAPPED = '::ffff:';

/** Whom an address counts for: whoever has one IPv6 address has the other 2^64 of its network too. */
export const networkOf = (address: string): string => {
  if (!address.includes(':')) return address;
  if (address.startsWith(MAPPED) && address.includes('.')) return address.slice(MAPPED.length);
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
};
