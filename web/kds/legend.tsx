import type { JSX } from 'preact';
import type { OutOfSight } from './use-out-of-sight.ts';

const KEYS = [
  ['1–9', 'select'],
  ['← ↑ ↓ →', 'move'],
  ['S', 'start'],
  ['Enter', 'bump'],
  ['R', 'recall last'],
] as const;

export const Legend = ({ hidden: { above, below } }: { hidden: OutOfSight }): JSX.Element => (
  <footer class="legend">
    <span class="keys" aria-label="Keys">
      {KEYS.map(([key, words]) => (
        <span key={key}>
          <kbd>{key}</kbd> {words}
        </span>
      ))}
    </span>
    <span class="touch">Tap: start · twice: bump</span>
    <span role="status">
      {above > 0 && <strong class="hidden-tickets">↑ {above} above</strong>}
      {below > 0 && <strong class="hidden-tickets">↓ {below} more below</strong>}
    </span>
  </footer>
);
