import type { ClientBase } from 'pg';
import { START, type Checkpoint, type LogPage } from '../../commands/ports.ts';
import type { Policy } from '../../commands/policies/policy.ts';
import type { Plan, Refusal } from './plan.ts';

/** The effects of all events up to `position` are done; the log is read on after `checkpoint`. */
export type Progress = { readonly checkpoint: Checkpoint; readonly position: number };
type Row = { readonly policy: string; readonly checkpoint: string; readonly position: string };

const progressOf = ({ checkpoint, position }: Row): Progress => ({ checkpoint, position: Number(position) });

/** Where each policy is; one that was never here before begins where its definition says. */
export const restoreProgress = async (
  session: ClientBase,
  policies: readonly Policy[],
  head: () => Promise<number>,
): Promise<ReadonlyMap<string, Progress>> => {
  const { rows } = await session.query<Row>('select policy, checkpoint, position from public.policy_checkpoints');
  const known = new Map(rows.map((row) => [row.policy, progressOf(row)]));
  const latest = [...known.values()].reduce((a, b) => (b.position > a.position ? b : a), { checkpoint: START, position: 0 });
  const progress = new Map<string, Progress>();
  for (const { name, startAt } of policies) {
    const present =
      known.get(name) ?? (startAt === 'log-start' ? { checkpoint: START, position: 0 } : { ...latest, position: await head() });
    progress.set(name, present);
    await session.query('insert into public.policy_checkpoints (policy, checkpoint, position) values ($1, $2, $3) on conflict do nothing', [
      name,
      present.checkpoint,
      present.position,
    ]);
  }
  return progress;
};

const KEEP = `
  with jobs as (
    insert into public.outbox (id, queue, name, data, cause)
    select id, queue, name, data, cause from json_to_recordset($1) as job (id text, queue text, name text, data json, cause json)
    on conflict (id) do nothing
  ), refusals as (
    insert into public.policy_refusals (policy, event_id, effect, position, command_type, code, detail)
    select policy, "eventId", effect, position, "commandType", code, detail
    from json_to_recordset($2) as refusal (policy text, "eventId" text, effect int, position bigint, "commandType" text, code text, detail text)
    on conflict do nothing
  )
  update public.policy_checkpoints set checkpoint = $3, position = $4, updated_at = now() where policy = any($5) and position < $4
  returning policy`;

/** Writes a page's jobs and refusals, and that it is done, as one. Answers where each policy is then. */
export const keepProgress = async (
  session: ClientBase,
  progress: ReadonlyMap<string, Progress>,
  { checkpoint, events }: LogPage,
  { jobs, refusals }: { readonly jobs: Plan['jobs']; readonly refusals: readonly Refusal[] },
): Promise<ReadonlyMap<string, Progress>> => {
  const position = events.at(-1)?.position ?? 0;
  const { rows } = await session.query<{ policy: string }>(KEEP, [
    JSON.stringify(jobs),
    JSON.stringify(refusals),
    checkpoint,
    position,
    [...progress.keys()],
  ]);
  if (jobs.length > 0) await session.query('notify outbox');
  return new Map([...progress, ...rows.map(({ policy }) => [policy, { checkpoint, position }] as const)]);
};

/** Where the log must be read from so that no policy misses anything. */
export const earliest = (progress: ReadonlyMap<string, Progress>): Checkpoint =>
  [...progress.values()].reduce<Progress | null>((a, b) => (a === null || b.position < a.position ? b : a), null)?.checkpoint ?? START;
