import { pino, stdTimeFunctions, type DestinationStream, type LevelWithSilent, type Logger } from 'pino';
import { scrubbed, withoutSecrets } from './redact.ts';

export type LogOptions = {
  readonly level: LevelWithSilent;
  /** Standard output where none is given. */
  readonly destination?: DestinationStream;
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
    destination ?? pino.destination(1),
  );
