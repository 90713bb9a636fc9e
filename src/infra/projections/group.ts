import { START, type Checkpoint, type LogEvent, type LogPage } from '../../commands/ports.ts';
import { lastRevisions, type LastRevisions } from './last-revisions.ts';
import type { Target } from './target.ts';

const REMEMBERED_STREAMS = 100_000;

/** Read models that take in the same events together. */
export type Group = {
  /** Built beside the ones in use; nobody is told of their changes. */
  readonly building: boolean;
  targets: readonly Target[];
  /** Of the last event taken in. */
  position: number;
  /** Where to read on; may lie before the position. */
  checkpoint: Checkpoint;
  readonly revisions: LastRevisions;
  /** Types of events that none of them takes in, and that need not be read. */
  leavingOut: readonly string[];
};

/** How far a page brings a group. */
export type Mark = { readonly position: number; readonly checkpoint: Checkpoint };

export const BEGINNING: Mark = { position: 0, checkpoint: START };

export const groupOf = (building: boolean, targets: readonly Target[], { position, checkpoint }: Mark): Group => ({
  building,
  targets,
  position,
  checkpoint,
  revisions: lastRevisions(REMEMBERED_STREAMS),
  leavingOut: [],
});

/** The position that a page brings to; 0 for an empty one that leaves nothing out. */
export const endOf = ({ events, to }: LogPage): number => Math.max(to ?? 0, events.at(-1)?.position ?? 0);

export type Gap = { readonly stream: string; readonly revision: number; readonly expected: number; readonly position: number };

/**
 * The events a group that has come to `after` has not taken in yet. In each stream revisions must follow: repeats are left out, and
 * gaps are told; where events are left out, nobody can say.
 */
export const newEvents = (group: Group, after: number, events: readonly LogEvent[], onGap: (gap: Gap) => void): readonly LogEvent[] => {
  let last = after;
  return events.filter(({ position, stream, revision }) => {
    if (position <= last) return false;
    last = position;
    if (group.leavingOut.length > 0) return true;
    const known = group.revisions.of(stream);
    if (known !== undefined && revision <= known) return false;
    if (known !== undefined && revision > known + 1) onGap({ stream, revision, expected: known + 1, position });
    group.revisions.put(stream, revision);
    return true;
  });
};
