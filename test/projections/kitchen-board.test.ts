import { expect } from 'chai';
import { kitchenBoard, type KitchenTicket } from '../../src/projections/kitchen-board.ts';
import { coldTicketId, grillTicketId, locationId, orderId } from '../support/canonical-events.ts';
import * as order from '../support/order-facts.ts';
import { minute, told } from './told.ts';

const { opened, bothAdded, bothFired, grillStarted, grillReady, grillBumped, grillRecalled, hamburgersVoided, hamburgers, onTicket } =
  order;
const sent = [opened, bothAdded, bothFired] as const;

const firedTicket: KitchenTicket = {
  ticketId: grillTicketId,
  orderId,
  locationId,
  stationId: 'grill',
  reference: '104',
  orderType: 'dine-in',
  tableName: '12',
  covers: 2,
  server: 'Ana',
  status: 'fired',
  lines: [{ ...onTicket(hamburgers), status: 'fired', voidReason: null }],
  prepSeconds: 600,
  firedAt: minute(3),
  startedAt: null,
  readyAt: null,
  bumpedAt: null,
  recalled: false,
  cancelled: false,
};
const withLines = (status: KitchenTicket['lines'][number]['status']) => [{ ...onTicket(hamburgers), status, voidReason: null }];
const grill = (...events: Parameters<typeof told>[1][]) => told(kitchenBoard, ...sent, ...events).get(grillTicketId);

describe('Kitchen board', () => {
  it('shows nothing of what was not sent', () => {
    expect(told(kitchenBoard, opened, bothAdded).size).to.equal(0);
  });

  it('shows each station its ticket when the order is sent', () => {
    const rows = told(kitchenBoard, ...sent);
    expect([...rows.keys()]).to.deep.equal([grillTicketId, coldTicketId]);
    expect(rows.get(grillTicketId)).to.deep.equal(firedTicket);
    expect(rows.get(coldTicketId)).to.deep.include({ stationId: 'cold', prepSeconds: 180, status: 'fired' });
  });

  it('shows what is being cooked', () => {
    expect(grill(grillStarted)).to.deep.equal({ ...firedTicket, status: 'started', startedAt: minute(4), lines: withLines('started') });
  });

  it('shows what is ready', () => {
    expect(grill(grillStarted, grillReady)).to.deep.equal({
      ...firedTicket,
      status: 'ready',
      startedAt: minute(4),
      readyAt: minute(5),
      lines: withLines('ready'),
    });
  });

  it('keeps a bumped ticket, to be recalled', () => {
    expect(grill(grillStarted, grillBumped)).to.deep.equal({
      ...firedTicket,
      status: 'bumped',
      startedAt: minute(4),
      bumpedAt: minute(5),
      lines: withLines('served'),
    });
  });

  it('shows a recalled ticket as being cooked again', () => {
    expect(grill(grillStarted, grillReady, grillBumped, grillRecalled)).to.deep.equal({
      ...firedTicket,
      status: 'started',
      startedAt: minute(4),
      lines: withLines('started'),
      recalled: true,
    });
  });

  it('tells the cook of a void, and why', () => {
    expect(grill(grillStarted, hamburgersVoided)).to.deep.equal({
      ...firedTicket,
      status: 'started',
      startedAt: minute(4),
      lines: [{ ...onTicket(hamburgers), status: 'voided', voidReason: 'burnt' }],
      cancelled: true,
    });
  });

  it('calls no ticket cancelled of which a line is left', () => {
    const twoLines = told(
      kitchenBoard,
      opened,
      order.added(hamburgers, order.oneMore),
      {
        type: 'OrderLinesFired',
        data: {
          orderId,
          header: order.header,
          tickets: [
            { ticketId: grillTicketId, stationId: 'grill', prepSeconds: 660, lines: [onTicket(hamburgers), onTicket(order.oneMore)] },
          ],
        },
      },
      hamburgersVoided,
    ).get(grillTicketId);
    expect(twoLines?.cancelled).to.equal(false);
    expect(twoLines?.lines.map(({ status }) => status)).to.deep.equal(['voided', 'fired']);
  });

  it('leaves the tickets of other stations as they are', () => {
    expect(told(kitchenBoard, ...sent, grillStarted, grillBumped).get(coldTicketId)).to.deep.equal(
      told(kitchenBoard, ...sent).get(coldTicketId),
    );
  });
});
