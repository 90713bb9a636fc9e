import { destination as destinationFor, pino, stdTimeFunctions, type DestinationStream, type LevelWithSilent, type Logger } from 'pino';
import { scrubbed, withoutSecrets } from './redact.ts';

export type LogOptions = {
  readonly level: LevelWithSilent;
  /** Standard output where none is given. */
  readonly destination?: DestinationStream;
};

/** Lines are written together, at most this much later: a write for each would cost more than all else a line does. */
const FLUSH_MS = 100;
const FLUSH_LENGTH = 16_384;

/** What is left when the process ends is written then. */
const standardOutput = (): DestinationStream => {
  const output = destinationFor({ fd: 1, sync: true });
  let lines = '';
  const flush = (): void => {
    if (lines === '') return;
    output.write(lines);
    lines = '';
  };
  setInterval(flush, FLUSH_MS).unref();
  process.on('exit', () => {
    flush();
    output.flushSync();
  });
  return {
    write: (line) => {
      lines += line;
      if (lines.length >= FLUSH_LENGTH) flush();
    },
  };
};

const asItIs = (value: unknown): unknown => value;

/** One JSON object a line, without secrets. `child({ correlationId })` adds fields to all that its lines say. */
export const openLog = ({ level, destination }: LogOptions): Logger =>
  pino(
    {
      level,
      base: { service: 'brigade', pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutSecrets },
      serializers: { err: asItIs },
      hooks: { streamWrite: scrubbed },
    },
    destination ?? standardOutput(),
  );
