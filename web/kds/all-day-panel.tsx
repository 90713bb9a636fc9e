import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AllDayCount } from '../../src/projections/all-day.ts';
import { painted } from '../shared/painted.ts';
import type { Place } from '../shared/place.ts';
import { noRows } from '../shared/topic-rows.ts';
import { toCook } from './all-day.ts';

/** `station` null: all stations added up. */
export const AllDayPanel = ({ place, station }: { place: Place; station: string | null }): JSX.Element => {
  const { live, location } = place;
  const [counts, setCounts] = useState(noRows<AllDayCount>());
  useEffect(() => {
    const topic = live.subscribe<AllDayCount>({ topic: 'all-day', locationId: location.locationId }, ({ key }) => key);
    const rows = painted(setCounts);
    const unwatch = topic.rows.watch(rows.offer);
    return () => {
      unwatch();
      rows.stop();
      topic.stop();
    };
  }, [live, location.locationId]);

  const items = toCook(counts.rows.values(), station);
  return (
    <aside class="all-day" aria-label="All day: still to cook">
      <h2>All day</h2>
      {counts.position === null ? <p class="hint">Loading …</p> : items.length === 0 && <p class="hint">Nothing to cook.</p>}
      <ul>
        {items.map(({ menuItemId, name, quantity }) => (
          <li key={menuItemId}>
            <strong class="quantity">{quantity}</strong> {name}
          </li>
        ))}
      </ul>
    </aside>
  );
};
