import { expect } from 'chai';
import type { LiveRow, RowChange } from '../../../src/http/live/ports.ts';
import type { ServerMessage } from '../../../src/http/live/protocol.ts';

export type Station = { readonly locationId: string; readonly station: string };

const isOn = ({ locationId, station }: Station, row: LiveRow): boolean => row['locationId'] === locationId && row['stationId'] === station;

/** The kitchen topic's rows as the log alone tells them. */
export const ticketsAt = (log: readonly RowChange[], place: Station, position: number): ReadonlyMap<string, LiveRow> => {
  const rows = new Map<string, LiveRow>();
  for (const { key, row } of log.filter((change) => change.position <= position)) {
    if (row === null || row['status'] === 'bumped') rows.delete(key);
    else if (isOn(place, row)) rows.set(key, row);
  }
  return rows;
};

/** What a display of the station has to be told of the changes in (from, to]. */
const owed = (log: readonly RowChange[], place: Station, from: number, to: number): readonly object[] =>
  log
    .filter(({ position, row }) => position > from && position <= to && (row === null || isOn(place, row)))
    .map(({ key, row }) => ({ key, row: row?.['status'] === 'bumped' ? null : row }));

/**
 * Holds a subscription's frames against the log: each snapshot is the log folded to its position, each frame of changes all of what came
 * since the frame before, no more and no less, and nothing is owed at the end. Answers the position reached and the rows shown.
 */
export const expectFaithful = (
  frames: readonly ServerMessage[],
  id: string,
  log: readonly RowChange[],
  place: Station,
  end: number,
): void => {
  let at: number | null = null;
  for (const frame of frames) {
    if (frame.type === 'snapshot' && frame.id === id) {
      expect(frame.rows).to.have.deep.members([...ticketsAt(log, place, frame.position).values()]);
      expect(frame.position).to.be.greaterThanOrEqual(at ?? 0);
      at = frame.position;
    } else if (frame.type === 'resumed' && frame.id === id) {
      expect(at, 'resumed comes first').to.equal(null);
      at = frame.position;
    } else if (frame.type === 'changes' && frame.id === id) {
      if (at === null) throw new Error('changes came before a beginning');
      expect(frame.position).to.be.greaterThan(at);
      expect(frame.changes).to.deep.equal(owed(log, place, at, frame.position));
      at = frame.position;
    }
  }
  if (at === null) throw new Error('nothing ever began');
  expect(owed(log, place, at, end), 'owed at the end').to.deep.equal([]);
};
