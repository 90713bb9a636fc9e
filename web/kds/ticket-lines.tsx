import type { JSX } from 'preact';
import type { KitchenLine } from '../../src/projections/kitchen-board.ts';

export const TicketLines = ({ lines }: { lines: readonly KitchenLine[] }): JSX.Element => (
  <ul class="lines">
    {lines.map((line) => (
      <Line key={line.lineId} line={line} />
    ))}
  </ul>
);

const Line = ({ line }: { line: KitchenLine }): JSX.Element => {
  const voided = line.status === 'voided';
  return (
    <li class={voided ? 'line voided' : 'line'}>
      <span class="quantity">{line.quantity}</span>
      <div>
        <div class="dish">
          <span class="name">{voided ? <s>{line.name}</s> : line.name}</span>
          {line.seat !== null && <span class="tag">Seat {line.seat}</span>}
          {line.course !== null && <span class="tag">Course {line.course}</span>}
        </div>
        {voided && (
          <p class="void">
            <strong>VOID</strong> {line.voidReason ?? ''}
          </p>
        )}
        {line.note !== null && !voided && <p class="note">{line.note}</p>}
      </div>
    </li>
  );
};
