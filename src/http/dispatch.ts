import { createHash } from 'node:crypto';
import Type from 'typebox';
import { canonicalJson } from '../commands/canonical-json.ts';
import type { CommandDefinition } from '../commands/command.ts';
import type { Execute } from '../commands/execute.ts';
import type { Json } from '../domain/decider.ts';
import { requirePermission } from './permit.ts';
import type { Approvals, Approved } from './account-ports.ts';
import type { Principal } from './ports.ts';
import { HttpProblem } from './problem.ts';
import { validator } from './validate.ts';

/** One command as it came in, by whichever door. `data` holds path parameters and body together. */
export type Incoming = {
  readonly data: { readonly [name: string]: unknown };
  readonly key: string | null;
  /** A token that somebody gave with his PIN. */
  readonly approval: string | null;
  readonly ifMatch: number | null;
  readonly principal: Principal;
  readonly correlationId: string;
  readonly traceParent: string | null;
};

export type Dispatched = { readonly status: 200 | 201; readonly revision: number; readonly position: number; readonly body: object };
export type Dispatch = (incoming: Incoming) => Promise<Dispatched>;

const KEY = /^[\x21-\x7e]{1,200}$/;
const OccurredAt = Type.Optional(Type.String({ format: 'date-time', description: 'when it happened, where that was before now' }));

/** A keyed hash of a text: without the key nobody can try out what was asked. */
export type Fingerprint = (text: string) => string;

const withoutKey: Fingerprint = (text) => createHash('sha256').update(text).digest('base64url');

type KeyOfSender = NonNullable<Parameters<Execute>[2]['key']>;

const keyOf = (type: string, { data, ifMatch, key, principal }: Incoming, fingerprint: Fingerprint): KeyOfSender | null => {
  if (key === null) return null;
  const asked = canonicalJson([type, data as Json, ifMatch]);
  return {
    scope: principal.terminalId ?? principal.userId,
    key,
    fingerprint: fingerprint(asked),
    formerFingerprint: () => withoutKey(asked),
  };
};

const requireKey = (key: string | null, principal: Principal): void => {
  if (key === null && principal.roles.includes('terminal')) {
    throw new HttpProblem(
      400,
      'idempotency-key-required',
      'A terminal sends an Idempotency-Key with every command, and the same one with every retry.',
    );
  }
  if (key !== null && !KEY.test(key))
    throw new HttpProblem(400, 'idempotency-key-malformed', 'An Idempotency-Key has 1 to 200 visible ASCII characters.');
};

type Asked = { readonly data: Incoming['data']; readonly approval: string; readonly principal: Principal };

/** Another's word stands in for the permission, for the one thing it was given for, where both may be. */
const approvedBy = async (
  { permission, approvable }: CommandDefinition,
  approvals: Pick<Approvals, 'redeem'>,
  { data, approval, principal }: Asked,
): Promise<Approved> => {
  const subject = approvable === undefined ? undefined : data[approvable];
  const approved =
    permission === null || typeof subject !== 'string' ? null : await approvals.redeem(principal, { token: approval, permission, subject });
  if (approved === null)
    throw new HttpProblem(403, 'approval-void', 'This approval is too old, or was given for something else: ask for another.');
  return approved;
};

/** Permission, schema, envelope, execute: the same for every command and every door. */
export const dispatcher = (
  definition: CommandDefinition,
  execute: Execute,
  fingerprint: Fingerprint,
  approvals: Pick<Approvals, 'redeem'> | null = null,
): Dispatch => {
  const validate = validator(Type.Object({ ...definition.input.properties, occurredAt: OccurredAt }, { additionalProperties: false }));
  const status = definition.creates ? 201 : 200;
  return async (incoming) => {
    const { data, key, approval, ifMatch, principal, correlationId, traceParent } = incoming;
    const approved =
      approval === null || approvals === null ? null : await approvedBy(definition, approvals, { data, approval, principal });
    const locationIds = approved === null ? requirePermission(principal, definition.permission ?? 'none') : approved.places;
    requireKey(key, principal);
    validate(data);
    const { occurredAt, ...input } = data;
    const answer = await execute(definition, input, {
      actor: { userId: principal.userId, roles: principal.roles, terminalId: principal.terminalId },
      actorName: principal.name,
      approvedBy: approved?.approverId ?? null,
      locationIds,
      key: keyOf(definition.type, incoming, fingerprint),
      ifMatch,
      occurredAt: typeof occurredAt === 'string' ? new Date(occurredAt).toISOString() : null,
      correlationId,
      causationId: null,
      traceParent,
    });
    const { id, revision, position, ids } = answer;
    return { status, revision, position, body: { id, revision, position, ...ids } };
  };
};
