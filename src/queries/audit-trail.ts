import { sql } from 'slonik';
import Type from 'typebox';
import { query } from './query.ts';
import { answer, fetched, Limit, list, Nullable, page, params, Time } from './schema.ts';
import { ifGiven, select, visible } from './sql.ts';

const AuditEvent = answer({
  position: Type.Integer(),
  eventId: Type.String(),
  stream: Type.String(),
  revision: Type.Integer(),
  type: Type.String(),
  recordedAt: Time,
  occurredAt: Time,
  actorId: Type.String(),
  actorRoles: Type.Array(Type.String()),
  terminalId: Nullable(Type.String()),
  locationId: Nullable(Type.String()),
  commandId: Type.String(),
  commandType: Type.String(),
  correlationId: Type.String(),
  causationId: Nullable(Type.String()),
  data: Type.Unknown(),
  metadata: Type.Unknown(),
});

/** The log itself is asked, or a copy of it where it lies elsewhere: there is nothing to wait for that a command could have left behind. */
export const auditEvents = query({
  name: 'audit-events',
  summary: 'Everything that happened: what, when, who, from where, in answer to which command',
  permission: 'audit.read',
  path: '/audit/events',
  params: params({
    stream: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'as Order-<id>' })),
    actor: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "a user's id, or system:<policy>" })),
    type: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'as OrderOpened' })),
    order: Type.Optional(Type.Enum(['oldest-first', 'newest-first'], { description: 'oldest-first unless given' })),
    after: Type.Optional(Type.Integer({ minimum: 0, description: 'a position: what comes after it in the order asked for' })),
    limit: Limit,
  }),
  answer: list(AuditEvent),
  reads: [],
  run: async (db, { stream, actor, type, order, after, limit }, scope) => {
    const newestFirst = order === 'newest-first';
    const found = await db.any(select<Type.Static<typeof AuditEvent>>`
      select position, event_id, stream, revision, type, recorded_at, occurred_at, actor_id, actor_roles, terminal_id, location_id,
        command_id, command_type, correlation_id, causation_id, data, metadata
      from read_models.audit_trail
      where ${visible(scope, undefined)}
        and ${ifGiven(stream, (name) => sql.fragment`stream = ${name}`)}
        and ${ifGiven(actor, (id) => sql.fragment`actor_id = ${id}`)}
        and ${ifGiven(type, (name) => sql.fragment`type = ${name}`)}
        and ${ifGiven(after, (position) => (newestFirst ? sql.fragment`position < ${position}` : sql.fragment`position > ${position}`))}
      order by position ${newestFirst ? sql.fragment`desc` : sql.fragment`asc`}
      limit ${fetched(limit)}`);
    return page(found, limit, ({ position }) => String(position));
  },
});
