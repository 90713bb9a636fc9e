import type { CommonQueryMethods } from 'slonik';
import type { TObject } from 'typebox';
import type { History, QueryDefinition, Until } from '../../queries/query.ts';
import { requirePermission } from '../permit.ts';
import { HttpProblem } from '../problem.ts';
import { validator } from '../validate.ts';
import type { RegistryRoute } from './registry.ts';

/** Waits until all named read models have reached a log position; false when that took longer than the bound. */
export type WaitFor = (readModels: readonly string[], position: number) => Promise<boolean>;

export type QueryNeeds = { readonly db: CommonQueryMethods; readonly history: History; readonly waitFor: WaitFor };

type Raw = { readonly [name: string]: string | readonly string[] | undefined };

const typeOf = (schema: { readonly type?: unknown } | undefined): unknown => schema?.type;

/** Query strings are text: what the schema calls a number or a truth value is read as one, all else stays for the schema to judge. */
const typed = (params: TObject, raw: Raw): { readonly [name: string]: unknown } =>
  Object.fromEntries(
    Object.entries(raw).map(([name, value]) => {
      const type = typeOf(params.properties[name]);
      if (typeof value !== 'string') return [name, value];
      if ((type === 'integer' || type === 'number') && /^-?\d+$/.test(value)) return [name, Number(value)];
      if (type === 'boolean' && (value === 'true' || value === 'false')) return [name, value === 'true'];
      return [name, value];
    }),
  );

const untilFrom = (asOf: string): Until => {
  if (/^\d{1,15}$/.test(asOf)) return { position: Number(asOf) };
  const time = new Date(asOf);
  if (Number.isNaN(time.getTime()))
    throw new HttpProblem(400, 'as-of-malformed', 'asOf takes a log position or an instant, as 2026-01-31T18:00:00Z.');
  return { time: time.toISOString() };
};

const minPositionFrom = (text: string): number | null => {
  if (text === '') return null;
  if (!/^\d{1,15}$/.test(text)) throw new HttpProblem(400, 'min-position-malformed', 'Min-Position takes the Log-Position of an answer.');
  return Number(text);
};

const requireReached = async (waitFor: WaitFor, definition: QueryDefinition, position: number | null): Promise<void> => {
  if (position === null || (await waitFor(definition.reads, position))) return;
  throw new HttpProblem(503, 'read-model-behind', `${definition.reads.join(', ')} has not reached position ${position} yet: ask again.`, {
    'Retry-After': '1',
  });
};

/** One route for each query of the registry. */
export const queryRoutes = (definitions: readonly QueryDefinition[], { db, history, waitFor }: QueryNeeds): readonly RegistryRoute[] =>
  definitions.map((definition) => {
    const validate = validator(definition.params);
    const answer: RegistryRoute['answer'] = async (ctx, pathParams) => {
      const { principal } = ctx.state;
      const places = requirePermission(principal, definition.permission);
      const { asOf, 'min-position': minPosition, ...query } = ctx.query;
      const params = typed(definition.params, { ...query, ...pathParams });
      validate(params);
      if (Array.isArray(asOf) || Array.isArray(minPosition))
        throw new HttpProblem(400, 'request-invalid', 'Give asOf and min-position once.');
      if (asOf !== undefined && definition.asOf === undefined)
        throw new HttpProblem(400, 'as-of-unsupported', 'This question can only be asked about now.');
      if (asOf === undefined) await requireReached(waitFor, definition, minPositionFrom(ctx.get('Min-Position') || (minPosition ?? '')));
      const found =
        asOf === undefined || definition.asOf === undefined
          ? await definition.run(db, params, places)
          : await definition.asOf(history, untilFrom(asOf), params, places);
      if (found === null) throw new HttpProblem(404, 'not-found', 'There is no such thing, or it is not yours to see.');
      if (typeof found === 'object' && 'revision' in found) ctx.set('ETag', `"${String(found.revision)}"`);
      ctx.body = found;
    };
    return { method: 'GET', path: definition.path, answer };
  });
