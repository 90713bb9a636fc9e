import type { Config } from '../infra/config.ts';
import type { Running } from './start.ts';

/** What a person needs after the start, for the terminal. */
export const announcement = ({ server, roles }: Config, { port, owner, readerUrl, metricsUrl }: Running): string => {
  const host = server.host === '0.0.0.0' || server.host === '::' ? 'localhost' : server.host;
  const base = `http://${host}:${port ?? 0}`;
  const password = owner.password === null ? 'the password you gave' : `password ${owner.password}`;
  const rows: readonly (readonly [name: string, value: string])[] = [
    ...(port === null
      ? []
      : ([
          ['Kitchen screen', `${base}/kds`],
          ['Order screen', `${base}/pos`],
          ['API', `${base}/api/v1 (read about it at ${base}/docs)`],
        ] as const)),
    ...(metricsUrl === null ? [] : ([['Metrics', metricsUrl]] as const)),
    ['Owner’s login', `${owner.email}, ${password}`],
    ...(readerUrl === null ? [] : ([['SQL, read only', `psql '${readerUrl}'`]] as const)),
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(16)}${value}`);
  return ['', `Brigade is ready (${roles.join(', ')}). Ctrl-C stops it.`, ...lines, ''].join('\n');
};
