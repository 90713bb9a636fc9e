import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Client, escapeIdentifier } from 'pg';
import { pino } from 'pino';
import { backUp } from '../src/infra/backup/backup.ts';
import { restore } from '../src/infra/backup/restore.ts';
import { startEmbedded } from '../src/infra/postgres/embedded.ts';
import { migrate } from '../src/infra/postgres/migrate.ts';

/** How long a backup and a restore take, and what memory they need, for a log of so many events. */
const { values: options } = parseArgs({ options: { events: { type: 'string', default: '100000' } } });
const events = Number(options.events);

/** Orders of ten events each, with the data and metadata that a line added has. */
const FILL = `
  with made as (insert into streams (name) select 'Order-' || gen_random_uuid() from generate_series(1, $1::int / 10) returning id),
  numbered as (select id, row_number() over () as n from made),
  written as (
    insert into events (position, stream_id, recorded_at, event_id, revision, type, data, metadata)
    select (s.n - 1) * 10 + r, s.id, now(), gen_random_uuid(), r, 'OrderLinesAdded',
      json_build_object('orderId', gen_random_uuid(), 'lines', json_build_array(json_build_object('lineId', gen_random_uuid(),
        'menuItemId', gen_random_uuid(), 'name', 'Grilled cheese burger', 'quantity', 1, 'note', 'no onions, well done'))),
      json_build_object('commandId', gen_random_uuid(), 'commandType', 'AddOrderLines', 'correlationId', gen_random_uuid(), 'causationId', null,
        'actor', json_build_object('userId', gen_random_uuid(), 'roles', json_build_array('server'), 'terminalId', 'pos-1'), 'schemaVersion', 1)
    from numbered s, generate_series(1, 10) r)
  update log_head set position = $1::int, recorded_at = now()`;

const folder = mkdtempSync(path.join(tmpdir(), 'brigade-bench-'));
const server = await startEmbedded({ folder, durable: true, log: pino({ level: 'warn' }, pino.destination(2)) });
try {
  await migrate(server.url);
  const owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(FILL, [events]);
  await owner.query(`create database ${escapeIdentifier('restored')}`);
  await owner.end();
  const other = new URL(server.url);
  other.pathname = '/restored';
  await migrate(other.href);

  const file = path.join(folder, 'backup');
  const figures = [
    { what: 'backup', ...(await backUp({ ownerUrl: server.url, file, now: () => new Date() })) },
    { what: 'restore', ...(await restore({ ownerUrl: other.href, file })) },
  ];
  for (const { what, seconds } of figures) {
    const perMillion = ((seconds / 60) * (1_000_000 / events)).toFixed(2);
    console.log(`${what.padEnd(8)} ${events} events in ${seconds.toFixed(1)} s, ${perMillion} minutes per million`);
  }
  console.log(
    `file     ${(statSync(file).size / 1e6).toFixed(1)} MB; memory at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  );
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
