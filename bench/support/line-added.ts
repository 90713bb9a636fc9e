import { randomUUID } from 'node:crypto';
import type { Metadata } from '../../src/commands/ports.ts';

/** The event that appends are measured with: about 300 bytes of data, and what is known of its command. */
export const metadata: Metadata = {
  commandId: randomUUID(),
  commandType: 'AddOrderLines',
  correlationId: randomUUID(),
  causationId: null,
  actor: { userId: randomUUID(), roles: ['server'], terminalId: 'pos-1' },
  locationId: randomUUID(),
  occurredAt: null,
  traceParent: null,
  schemaVersion: 1,
};
export const data = {
  orderId: randomUUID(),
  lineId: randomUUID(),
  menuItem: 'grilled-cheese-burger',
  station: 'grill',
  quantity: 1,
  priceCents: 1450,
  modifiers: ['extra-cheese', 'gluten-free-bun'],
  note: 'no onions, allergy: sesame, well done, sauce on the side, table by the window',
};
export const lineAdded = { type: 'OrderLinesAdded', data };
