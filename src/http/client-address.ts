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
