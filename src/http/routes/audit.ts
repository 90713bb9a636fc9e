import { Readable } from 'node:stream';
import Router from '@koa/router';
import Type from 'typebox';
import type { EventStore, LogEvent } from '../../commands/ports.ts';
import { foldStream } from '../../commands/fold-stream.ts';
import type { State } from '../context.ts';
import { requirePermission } from '../permit.ts';
import type { LogProof } from '../ports.ts';
import { HttpProblem } from '../problem.ts';
import { validator } from '../validate.ts';

export const AuditStreamQuery = Type.Object({ asOf: Type.Optional(Type.String()) }, { additionalProperties: false });

type Places = readonly string[] | null;

const mayRead = (places: Places, { metadata: { locationId } }: LogEvent): boolean =>
  places === null || (locationId !== null && places.includes(locationId));

const IN_ONE_PIECE = 64_000;

/** In pieces of many lines: a line alone costs more to send than to make. */
async function* lines(proof: LogProof, places: Places): AsyncIterable<string> {
  let piece = '';
  for await (const line of proof.exportLines((locationId) => places === null || (locationId !== null && places.includes(locationId)))) {
    piece += `${line}\n`;
    if (piece.length < IN_ONE_PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** Whether an event had happened by a revision (`7`) or an instant. */
const upTo = (asOf: string): ((event: LogEvent) => boolean) => {
  if (/^\d{1,9}$/.test(asOf)) return (event) => event.revision <= Number(asOf);
  const time = Date.parse(asOf);
  if (Number.isNaN(time)) throw new HttpProblem(400, 'as-of-malformed', 'asOf takes a revision or an instant, as 2026-01-31T18:00:00Z.');
  return (event) => Date.parse(event.recordedAt) <= time;
};

/** The whole history: as a download, and one aggregate's with its state as of any revision or time. */
export const auditRoutes = (store: EventStore, proof: LogProof): Router<State> => {
  const validate = validator(AuditStreamQuery);
  const router = new Router<State>({ prefix: '/api/v1/audit' });

  router.get('/export', (ctx) => {
    const places = requirePermission(ctx.state.principal, 'audit.export');
    ctx.type = 'application/x-ndjson';
    ctx.set('Content-Disposition', 'attachment; filename="brigade-log.ndjson"');
    ctx.body = Readable.from(lines(proof, places));
  });

  router.get('/streams/:stream', async (ctx) => {
    const places = requirePermission(ctx.state.principal, 'audit.read');
    validate(ctx.query);
    const { stream } = ctx.params;
    const events = (await store.readStream(stream ?? '')).filter((event) => mayRead(places, event));
    if (events.length === 0) throw new HttpProblem(404, 'stream-unknown', 'There is no such stream: names look like Order-<id>.');
    const asOf = ctx.query['asOf'];
    const seen = typeof asOf === 'string' ? events.filter(upTo(asOf)) : events;
    ctx.body = { stream, revision: seen.at(-1)?.revision ?? 0, state: foldStream(stream ?? '', seen), events: seen };
  });

  return router;
};
