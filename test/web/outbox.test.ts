import { expect } from 'chai';
import type { Action } from '../../web/pos/actions.ts';
import { commandOf, type Entry } from '../../web/pos/outbox.ts';
import { outbox, type OutboxStorage } from '../../web/pos/outbox-runner.ts';
import type { Command } from '../../web/shared/api.ts';
import type { CommandAnswer } from '../../web/shared/contract.ts';
import { Refused, SignedOut, Unreachable } from '../../web/shared/failures.ts';
import { fries, opening } from './facts.ts';

const NOW = '2026-01-31T18:00:00.000Z';
const send: Action = { type: 'send', orderId: 'order-1' };
const close: Action = { type: 'close', orderId: 'order-1' };
const refused = (detail: string) => new Refused({ title: 'Refused', status: 409, code: 'no', detail });

const memory = (): OutboxStorage & { readonly kept: Map<string, Entry> } => {
  const kept = new Map<string, Entry>();
  return {
    kept,
    all: () => [...kept.values()].toSorted((one, other) => one.key.localeCompare(other.key)),
    put: (entry) => kept.set(entry.key, entry),
    remove: (key) => kept.delete(key),
  };
};

/** A terminal whose server answers as the test says, one answer a request; without one it accepts. */
const terminal = (answers: (Error | 'accept')[], storage = memory(), userId = 'anna') => {
  const sent: Command[] = [];
  const pauses: number[] = [];
  let offline = false;
  let keys = storage.kept.size;
  let settled: () => void = () => undefined;
  const box = outbox({
    userId,
    storage,
    newKey: () => `key-${(keys += 1)}`,
    send: async (command): Promise<CommandAnswer> => {
      sent.push(command);
      const answer = answers.shift() ?? 'accept';
      if (answer !== 'accept') throw answer;
      return { id: 'order-1', revision: sent.length, position: sent.length * 10 };
    },
    pause: async (attempt) => void pauses.push(attempt),
    exclusively: async (run) => {
      await run();
      settled();
    },
    now: () => NOW,
    offline: () => offline,
  });
  /** Until all that can be sent was sent. */
  const idle = (): Promise<void> =>
    new Promise((resolve) => {
      settled = () => setImmediate(resolve);
    });
  return { box, storage, sent, pauses, idle, goOffline: () => (offline = true) };
};

const waiting = (entries: readonly Entry[]) => entries.map(({ key, refusal }) => [key, refusal]);

describe('The outbox', () => {
  it('sends in the order in which things were done, and forgets what was answered', async () => {
    const { box, sent, storage, idle } = terminal([]);
    const done = idle();
    for (const action of [opening, fries, send]) box.add(action);
    await done;
    expect(sent.map(({ path }) => path)).to.deep.equal(['/orders', '/orders/order-1/lines', '/orders/order-1/send']);
    expect([storage.kept.size, box.answered.get().map(({ answer }) => answer.position)]).to.deep.equal([0, [10, 20, 30]]);
  });
  it('sends the same again, with the same key, until it is answered', async () => {
    const { box, sent, pauses, idle } = terminal([new Unreachable('gone'), new Unreachable('gone'), 'accept']);
    const done = idle();
    box.add(send);
    await done;
    expect(sent).to.have.length(3);
    expect(new Set(sent.map((command) => JSON.stringify(command))).size).to.equal(1);
    expect([sent[0]?.key, pauses, box.trouble.get()]).to.deep.equal(['key-1', [1, 2], null]);
  });
  it('keeps what waits when the page is loaded again', async () => {
    const before = terminal([]);
    before.storage.put({ key: 'key-0', userId: 'anna', occurredAt: NOW, needs: null, action: send, refusal: null });
    const { sent, idle, box } = terminal([], before.storage);
    await idle();
    expect(sent).to.deep.equal([{ key: 'key-0', method: 'POST', path: '/orders/order-1/send', body: { occurredAt: NOW } }]);
    expect(box.entries.get()).to.deep.equal([]);
  });
  it('says when things happened that were done without a connection, and only those', async () => {
    const { box, sent, idle, goOffline } = terminal([]);
    const first = idle();
    box.add(fries);
    await first;
    goOffline();
    const second = idle();
    box.add(send);
    await second;
    expect(sent.map(({ body }) => body['occurredAt'])).to.deep.equal([undefined, NOW]);
  });
  it('keeps what was refused, with the reason, and goes on', async () => {
    const { box, sent, idle } = terminal([refused('Sold out.')]);
    const done = idle();
    box.add(fries);
    box.add(send);
    await done;
    expect(sent).to.have.length(2);
    expect(waiting(box.entries.get())).to.deep.equal([['key-1', 'Sold out.']]);
    box.dismiss('key-1');
    expect(box.entries.get()).to.deep.equal([]);
  });
  it('does not send what makes no sense without what was refused', async () => {
    const { box, sent, idle } = terminal([refused('2 guests are seated there.')]);
    const done = idle();
    const seated = box.add({ type: 'seat-table', tableId: 'table-5', tableName: '5', covers: 4 });
    box.add(opening, seated);
    box.add(fries);
    await done;
    expect(sent).to.have.length(1);
    expect(waiting(box.entries.get())).to.deep.equal([
      ['key-1', '2 guests are seated there.'],
      ['key-2', 'Not sent, because “Seat 4 at Table 5” was not accepted.'],
      ['key-3', 'Not sent, because “Open an order at Table 5” was not accepted.'],
    ]);
  });
  it('does not close an order whose payment was refused', async () => {
    const payment = { tenderId: 't', kind: 'card', amount: 700, tip: 100, currency: 'USD', lastFour: '1234' } as const;
    const { box, sent, idle } = terminal([refused('Only 500 is still due.')]);
    const done = idle();
    box.add(close, box.add({ type: 'tender', orderId: 'order-1', payment }));
    await done;
    expect(sent.map(({ body }) => body)).to.deep.equal([
      { tenderId: 't', kind: 'card', amount: { amount: 700, currency: 'USD' }, tip: { amount: 100, currency: 'USD' }, lastFour: '1234' },
    ]);
  });
  it('waits for a login and loses nothing', async () => {
    const { box, storage, idle } = terminal([new SignedOut()]);
    const done = idle();
    box.add(send);
    await done;
    expect([storage.kept.size, waiting(box.entries.get())]).to.deep.equal([1, [['key-1', null]]]);
  });
  it('sends nobody’s actions in another’s name', async () => {
    const storage = memory();
    storage.put({ key: 'key-0', userId: 'bert', occurredAt: null, needs: null, action: fries, refusal: null });
    const { box, sent, idle } = terminal([], storage);
    const done = idle();
    box.add(send);
    await done;
    expect([sent.map(({ key }) => key), waiting(box.entries.get())]).to.deep.equal([['key-2'], [['key-0', null]]]);
  });
  it('remembers answers until the read models show them', async () => {
    const { box, idle } = terminal([]);
    const done = idle();
    box.add(fries);
    box.add(send);
    await done;
    box.projected(10);
    expect(box.answered.get().map(({ answer }) => answer.position)).to.deep.equal([20]);
  });
});

describe('An action as a command', () => {
  const entry = (action: Action): Entry => ({ key: 'k', userId: 'anna', occurredAt: null, needs: null, action, refusal: null });
  const said = (action: Action) => {
    const { method, path, body } = commandOf(entry(action));
    return [method, path, body];
  };
  const burger = { orderId: 'o', lineId: 'l', name: 'Hamburger' } as const;

  it('opens an order at a table, or to take away', () => {
    expect(said(opening)).to.deep.equal([
      'POST',
      '/orders',
      { orderId: 'order-1', locationId: 'here', orderType: 'dine-in', server: 'Anna', tableId: 'table-5', covers: 2 },
    ]);
    expect(said({ ...opening, table: null, covers: null })[2]).to.deep.equal({
      orderId: 'order-1',
      locationId: 'here',
      orderType: 'takeaway',
      server: 'Anna',
    });
  });
  it('says of a line what is meant, never the whole line', () => {
    expect(said(fries)).to.deep.equal([
      'POST',
      '/orders/order-1/lines',
      { lines: [{ lineId: 'line-2', menuItemId: 'fries', quantity: 1, seat: 2 }] },
    ]);
    expect(said({ ...burger, type: 'change-line', wishes: { note: null } })).to.deep.equal(['PUT', '/orders/o/lines/l', { note: null }]);
    expect(said({ ...burger, type: 'remove-line' })).to.deep.equal(['DELETE', '/orders/o/lines/l', {}]);
    expect(said({ ...burger, type: 'void-line', reason: 'sold out' })).to.deep.equal([
      'POST',
      '/orders/o/lines/l/void',
      { reason: 'sold out' },
    ]);
  });
  it('ends an order and frees its table', () => {
    expect(said({ type: 'cancel', orderId: 'o', reason: 'left' })).to.deep.equal(['POST', '/orders/o/cancel', { reason: 'left' }]);
    expect(said({ type: 'release-table', tableId: 't', tableName: '5' })).to.deep.equal(['POST', '/tables/t/release', {}]);
  });
});
