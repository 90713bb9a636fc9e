import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Client } from 'pg';
import { eventsOf, say } from '../report.ts';
import type { Page, ProjectorSays, ProjectorTask } from './projector-process.ts';

export type Projected = {
  readonly atEndMs: number;
  readonly pages: readonly Page[];
  /** What the process took once a quarter of it was done, and the most after that. */
  readonly memoryMb: { readonly from: number; readonly to: number };
  /** Null where none was built alone. */
  readonly alone: { readonly ms: number; readonly memoryMb: { readonly from: number; readonly to: number } } | null;
};

const PROGRESS_EVERY_MS = 5000;
const PROGRESS = `select coalesce(min(position), 0)::float8 as position from public.projection_checkpoints where building`;

const flatness = (samples: readonly number[]): { readonly from: number; readonly to: number } => {
  const later = samples.slice(Math.floor(samples.length / 4));
  return { from: later[0] ?? Number.NaN, to: Math.max(...later) };
};

/** Runs a projector in a process of its own until its task is done, and tells how far it is meanwhile. */
export const project = async (what: string, task: ProjectorTask): Promise<Projected> => {
  const child = fork(path.join(import.meta.dirname, 'projector-process.ts'));
  const client = new Client({ connectionString: task.ownerUrl });
  await client.connect();
  let samples: number[] = [];
  const progress = setInterval(() => {
    void client.query<{ readonly position: number }>(PROGRESS).then(
      ({ rows }) => say(`${what}: ${eventsOf(rows[0]?.position ?? 0)}, ${samples.at(-1) ?? 0} MB`),
      () => undefined,
    );
  }, PROGRESS_EVERY_MS);

  let atEnd: Extract<ProjectorSays, { kind: 'at-end' }> | null = null;
  let memoryMb = { from: Number.NaN, to: Number.NaN };
  let alone: Projected['alone'] = null;
  child.on('message', (said: ProjectorSays) => {
    switch (said.kind) {
      case 'memory':
        samples.push(said.megabytes);
        break;
      case 'at-end':
        atEnd = said;
        memoryMb = flatness(samples);
        samples = [];
        break;
      case 'built-alone':
        alone = { ms: said.ms, memoryMb: flatness(samples) };
        break;
    }
  });
  child.send(task);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(progress);
  await client.end();
  const done = atEnd as Extract<ProjectorSays, { kind: 'at-end' }> | null;
  if (code !== 0 || done === null) throw new Error(`The projector ended with ${code}`);
  return { atEndMs: done.ms, pages: done.pages, memoryMb, alone };
};

/** As if there had never been read models: the next projector builds them all. */
export const forgetReadModels = async (ownerUrl: string): Promise<void> => {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query('truncate public.projection_checkpoints, public.row_changes');
  await client.end();
};
