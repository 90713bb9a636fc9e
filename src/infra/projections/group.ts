import { START, type Checkpoint, type LogEvent } from '../../commands/ports.ts';
import type { Target } from './target.ts';

/** Read models that take in the same events together. */
export type Group = {
  /** Built beside the ones in use; nobody is told of their changes. */
  readonly building: boolean;
  targets: readonly Target[];
  /** Of the last event taken in. */
  position: number;
  /** Where to read on; may lie before the position. */
  checkpoint: Checkpoint;
  readonly revisions: Map<string, number>;
};

/** How far a page brings a group. */
export type Mark = { readonly position: number; readonly checkpoint: Checkpoint };

export const BEGINNING: Mark = { position: 0, checkpoint: START };

export const groupOf = (building: boolean, targets: readonly Target[], { position, checkpoint }: Mark): Group => ({
  building,
  targets,
  position,
  checkpoint,
  revisions: new Map(),
});

export type Gap = { readonly stream: string; readonly revision: number; readonly expected: number; readonly position: number };

const REMEMBERED_STREAMS = 100_000;

/** The events a group that has come to `after` has not taken in yet. In each stream revisions must follow: repeats are left out, gaps are told. */
export const newEvents = (group: Group, after: number, events: readonly LogEvent[], onGap: (gap: Gap) => void): readonly LogEvent[] => {
  let last = after;
  const fresh = events.filter(({ position, stream, revision }) => {
    if (position <= last) return false;
    last = position;
    const known = group.revisions.get(stream);
    if (known !== undefined && revision <= known) return false;
    if (known !== undefined && revision > known + 1) onGap({ stream, revision, expected: known + 1, position });
    group.revisions.delete(stream);
    group.revisions.set(stream, revision);
    return true;
  });
  for (const stream of group.revisions.keys()) {
    if (group.revisions.size <= REMEMBERED_STREAMS) break;
    group.revisions.delete(stream);
  }
  return fresh;
};
