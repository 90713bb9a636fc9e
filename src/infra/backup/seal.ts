import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Transform } from 'node:stream';

/** A frame that zstd skips: its magic number, the length of what it holds, and a SHA-256 over the whole file before it. */
const FRAME = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 32, 0, 0, 0]);
const SEAL_BYTES = FRAME.length + 32;

/** Ends a file with a checksum of itself; zstd's own tools read it as before. */
export const sealing = (): Transform => {
  const hash = createHash('sha256');
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
    flush: (done) => done(null, Buffer.concat([FRAME, hash.digest()])),
  });
};

const lastBytes = async (file: string, from: number): Promise<Buffer> => {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read({ buffer: Buffer.alloc(SEAL_BYTES), position: from });
    return buffer;
  } finally {
    await handle.close();
  }
};

/** Whether the file is, to the last byte, as it was written. */
export const isSealed = async (file: string): Promise<boolean> => {
  const content = (await stat(file)).size - SEAL_BYTES;
  if (content <= 0) return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { end: content - 1 })) hash.update(chunk as Buffer);
  return (await lastBytes(file, content)).equals(Buffer.concat([FRAME, hash.digest()]));
};
