import type { Duplex } from 'node:stream';

const refusals = {
  'not-found': { status: 404, title: 'Not Found', detail: 'The live stream is at /api/v1/live.' },
  'going-away': { status: 503, title: 'Service Unavailable', detail: 'The server is going away: connect again in a moment.' },
  'too-many-connections': { status: 503, title: 'Service Unavailable', detail: 'No more connections are accepted now: try again later.' },
  'too-many-connections-from-address': {
    status: 429,
    title: 'Too Many Requests',
    detail: 'Too many connections from this address: close some.',
  },
} as const;

/** Answers a WebSocket handshake with a problem (RFC 9457) and ends the connection. */
export const refuseUpgrade = (socket: Duplex, code: keyof typeof refusals): void => {
  const { status, title, detail } = refusals[code];
  const body = JSON.stringify({ type: 'about:blank', title, status, code, detail });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 404 ? [] : ['Retry-After: 5']),
  ];
  socket.once('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end([...head, '', body].join('\r\n'));
};
