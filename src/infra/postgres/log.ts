import type { Log as FullLog } from '../../http/ports.ts';

export type Log = Pick<FullLog, 'info' | 'warn' | 'error'>;
