import { connect } from 'node:net';

/** What a server says on a socket of its own until it closes; ask for that with `Connection: close`. */
export const said = async (port: number, ...pieces: readonly (string | Buffer)[]): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1' });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => void chunks.push(chunk));
  socket.on('error', () => undefined);
  for (const piece of pieces) socket.write(piece);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
};

export const statusesIn = (text: string): readonly number[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));

export const lines = (...all: readonly string[]): string => `${all.join('\r\n')}\r\n\r\n`;
