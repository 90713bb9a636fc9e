import type { JSX } from 'preact';

const KEYS = [
  ['1–9', 'select'],
  ['← ↑ ↓ →', 'move'],
  ['S', 'start'],
  ['Enter', 'bump'],
  ['R', 'recall last'],
] as const;

export const Legend = ({ below }: { below: number }): JSX.Element => (
  <footer class="legend">
    <span aria-label="Keys and touch">
      {KEYS.map(([key, words]) => (
        <span key={key}>
          <kbd>{key}</kbd> {words}
        </span>
      ))}
      <span>Tap: start · twice: bump</span>
    </span>
    {below > 0 && (
      <strong class="below" role="status">
        ↓ {below} more below
      </strong>
    )}
  </footer>
);
