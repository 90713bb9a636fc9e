import Router from '@koa/router';
import Type from 'typebox';
import type { State } from '../context.ts';
import { requirePermission } from '../permit.ts';
import type { LogProof } from '../ports.ts';
import { HttpProblem } from '../problem.ts';
import { validator } from '../validate.ts';

const digits = Type.Optional(Type.String({ pattern: '^\\d{1,15}$' }));
export const AuditHeadsQuery = Type.Object({ after: digits, limit: digits }, { additionalProperties: false });

const HEADS = 100;
const MOST_HEADS = 1000;

const noEvent = (): HttpProblem =>
  new HttpProblem(404, 'event-unknown', 'There is no event at this position: take one that an event names.');

const positionFrom = (text: string | undefined): number => {
  if (text === undefined || !/^[1-9]\d{0,14}$/.test(text)) throw noEvent();
  return Number(text);
};

/** The line of an event the asker may see; throws a 404. */
const eventLine = async (proof: LogProof, position: number, places: readonly string[] | null): Promise<string> => {
  const event = await proof.event(position);
  const shown = event !== null && (places === null || (event.locationId !== null && places.includes(event.locationId)));
  if (!shown) throw noEvent();
  return event.line;
};

/** What an auditor holds against the log: its signed heads, and the proof that one event is in it. */
export const proofRoutes = (proof: LogProof): Router<State> => {
  const validate = validator(AuditHeadsQuery);
  const router = new Router<State>({ prefix: '/api/v1/audit' });

  router.get('/heads', async (ctx) => {
    requirePermission(ctx.state.principal, 'audit.read');
    validate(ctx.query);
    const after = Number(ctx.query['after'] ?? 0);
    const limit = Math.min(Number(ctx.query['limit'] ?? HEADS), MOST_HEADS);
    const items = await proof.heads(after, limit);
    const next = items.length === limit ? (items.at(-1)?.position ?? null) : null;
    ctx.body = { publicKey: proof.publicKey, latest: await proof.latestHead(), items, next: next === null ? null : String(next) };
  });

  router.get('/events/:position', async (ctx) => {
    const places = requirePermission(ctx.state.principal, 'audit.read');
    ctx.type = 'application/json';
    ctx.body = await eventLine(proof, positionFrom(ctx.params['position']), places);
  });

  router.get('/events/:position/proof', async (ctx) => {
    const places = requirePermission(ctx.state.principal, 'audit.read');
    const position = positionFrom(ctx.params['position']);
    await eventLine(proof, position, places);
    const found = await proof.proof(position);
    if (found === null)
      throw new HttpProblem(404, 'head-not-signed', 'No head that covers this event was signed yet: ask again in a minute.');
    ctx.body = found;
  });

  return router;
};
