import { expect } from 'chai';
import fc from 'fast-check';
import { liveHub, type HubLimits, type LiveHub } from '../../../src/http/live/hub.ts';
import type { ServerMessage } from '../../../src/http/live/protocol.ts';
import { topicOf, type Topic } from '../../../src/http/live/topics.ts';
import { handTimers } from './hand-timers.ts';
import { memoryFeed, type MemoryFeed } from './memory-feed.ts';
import { expectFaithful, type Station } from './witness.ts';

const stations: readonly Station[] = [
  { locationId: 'here', station: 'grill' },
  { locationId: 'here', station: 'cold' },
  { locationId: 'there', station: 'grill' },
];
const kitchen = (place: Station): Topic => topicOf({ type: 'subscribe', id: 'board', topic: 'kitchen', ...place });

const hubOver = ({ feed }: MemoryFeed, limits: Partial<HubLimits> = {}) => {
  const silent = (): void => undefined;
  const hands = handTimers();
  const hub = liveHub({
    feed,
    timers: hands.timers,
    metrics: { connections: silent, closed: silent, framesSent: silent },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    limits: { recentChanges: 100, pageChanges: 10, pollMilliseconds: 1000, ...limits },
  });
  return { hub, turn: hands.turn };
};

type Display = { readonly frames: ServerMessage[]; readonly buffers: Buffer[]; readonly failures: unknown[]; readonly leave: () => void };

const display = (hub: LiveHub, place: Station, after: number | null = null, id = 'board'): Display => {
  const [frames, buffers, failures] = [[] as ServerMessage[], [] as Buffer[], [] as unknown[]];
  const send = (frame: Buffer): void => {
    buffers.push(frame);
    frames.push(JSON.parse(frame.toString()) as ServerMessage);
  };
  const leave = hub.subscribe(kitchen(place), id, after, { send, lost: (cause) => failures.push(cause) });
  return { frames, buffers, failures, leave };
};

/** Lets everything that waits on promises alone come to its end. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

const place = stations[0] as Station;
const ticket = (n: number, status = 'fired', at: Station = place) => ({
  projection: 'kitchen_board',
  key: `ticket-${n}`,
  row: { ticketId: `ticket-${n}`, locationId: at.locationId, stationId: at.station, status },
});

describe('Live hub', () => {
  it('begins with a snapshot and goes on with what follows it', async () => {
    const memory = memoryFeed();
    const { hub } = hubOver(memory);
    memory.write([ticket(1), ticket(2, 'bumped'), ticket(3, 'fired', { ...place, station: 'cold' })]);
    const { frames } = display(hub, place);
    await settled();
    memory.write([ticket(4), ticket(1, 'bumped')]);
    memory.write([ticket(5)], 3);
    memory.hint();
    await settled();
    expect(frames).to.deep.equal([
      { type: 'snapshot', id: 'board', position: 1, rows: [ticket(1).row] },
      {
        type: 'changes',
        id: 'board',
        position: 5,
        changes: [
          { key: 'ticket-4', row: ticket(4).row },
          { key: 'ticket-1', row: null },
          { key: 'ticket-5', row: ticket(5).row },
        ],
      },
    ]);
  });

  it('sends what a projector here committed without reading it', async () => {
    const memory = memoryFeed();
    const { hub } = hubOver(memory);
    const { frames } = display(hub, place);
    await settled();
    const before = memory.reads();
    const after = memory.write([ticket(1)]) - 1;
    memory.tell(after);
    memory.tell(after);
    await settled();
    expect(frames.map(({ type }) => type)).to.deep.equal(['snapshot', 'changes']);
    expect(memory.reads()).to.equal(before);
  });

  it('sends of news only what it has not sent, and reads what it was not told of', async () => {
    const memory = memoryFeed();
    const { hub } = hubOver(memory);
    const { frames } = display(hub, place);
    await settled();
    const first = memory.write([ticket(1)]);
    memory.hint();
    await settled();
    memory.write([ticket(2)]);
    memory.tell(first - 1);
    await settled();
    const untold = memory.write([ticket(3)]);
    memory.write([ticket(4)]);
    memory.tell(untold);
    await settled();
    const keys = frames.flatMap((frame) => (frame.type === 'changes' ? [frame.changes.map(({ key }) => key)] : []));
    expect(keys).to.deep.equal([['ticket-1'], ['ticket-2'], ['ticket-3', 'ticket-4']]);
  });

  it('begins anew where a read model was replaced before what it is told', async () => {
    const memory = memoryFeed();
    const { hub } = hubOver(memory);
    const { frames } = display(hub, place);
    await settled();
    memory.rebuild([ticket(7)]);
    memory.hint();
    const after = memory.write([ticket(8)]) - 1;
    memory.tell(after);
    await settled();
    expect(frames.map(({ type }) => type)).to.deep.equal(['snapshot', 'snapshot']);
    const last = frames.at(-1);
    expect(last?.type === 'snapshot' && last.rows).to.deep.equal([ticket(7).row, ticket(8).row]);
  });

  it('finds what no hint told of by asking every second', async () => {
    const memory = memoryFeed();
    const { hub, turn } = hubOver(memory);
    const { frames } = display(hub, place);
    await settled();
    memory.write([ticket(1)]);
    turn(999);
    await settled();
    expect(frames.map(({ type }) => type)).to.deep.equal(['snapshot']);
    turn(1);
    await settled();
    expect(frames.map(({ type }) => type)).to.deep.equal(['snapshot', 'changes']);
  });

  it('makes one frame for all who see the same and reads one snapshot for all who come together', async () => {
    const memory = memoryFeed(settled);
    const { hub } = hubOver(memory);
    const displays = Array.from({ length: 20 }, () => display(hub, place));
    for (let looks = 0; looks < 8; looks++) await settled();
    expect(memory.snapshotsRead()).to.equal(1);
    memory.write([ticket(1)]);
    memory.hint();
    for (let looks = 0; looks < 4; looks++) await settled();
    expect(displays[19]?.frames[1]).to.have.property('type', 'changes');
    expect(new Set(displays.map(({ buffers }) => buffers[0])).size).to.equal(1);
    expect(new Set(displays.map(({ buffers }) => buffers[1])).size).to.equal(1);
  });

  it('resumes from the feed after a restart, once for all who come back', async () => {
    const memory = memoryFeed();
    const before = memory.write([ticket(1)]);
    memory.write([ticket(2)]);
    memory.write([ticket(1, 'bumped')]);
    const { hub } = hubOver(memory);
    const { frames } = display(hub, place, before);
    await settled();
    expect(frames).to.deep.equal([
      { type: 'resumed', id: 'board', position: 1 },
      {
        type: 'changes',
        id: 'board',
        position: 3,
        changes: [
          { key: 'ticket-2', row: ticket(2).row },
          { key: 'ticket-1', row: null },
        ],
      },
    ]);
    memory.forget(3);
    const later = display(hub, place, before);
    await settled();
    expect(later.frames).to.deep.equal(frames);
    expect(memory.snapshotsRead()).to.equal(0);
  });

  for (const [when, after, forgotten, recentChanges] of [
    ['the feed no longer reaches back', 1, 2, 100],
    ['too much has happened since', 1, 0, 2],
    ['the position is of a future that never came', 99, 0, 100],
  ] as const) {
    it(`sends a snapshot instead of resuming where ${when}`, async () => {
      const memory = memoryFeed();
      for (const n of [1, 2, 3, 4]) memory.write([ticket(n)]);
      memory.forget(forgotten);
      const { hub } = hubOver(memory, { recentChanges });
      const { frames } = display(hub, place, after);
      await settled();
      expect(frames.map(({ type }) => type)).to.deep.equal(['snapshot']);
      expect(frames[0]).to.have.property('position', 4);
    });
  }

  it('resumes after a position that another process told before this one had come so far', async () => {
    const memory = memoryFeed();
    const { hub } = hubOver(memory);
    display(hub, place);
    await settled();
    const ahead = memory.write([ticket(1)]);
    const { frames } = display(hub, place, ahead);
    await settled();
    expect(frames).to.deep.equal([{ type: 'resumed', id: 'board', position: ahead }]);
  });

  it('sends everyone a snapshot when the feed has gone on without it', async () => {
    const memory = memoryFeed();
    const { hub } = hubOver(memory);
    const displays = [display(hub, place), display(hub, { ...place, station: 'cold' })];
    await settled();
    memory.forget(memory.write([ticket(1)]));
    memory.hint();
    await settled();
    for (const { frames } of displays) expect(frames.map(({ type }) => type)).to.deep.equal(['snapshot', 'snapshot']);
    expect(displays[0]?.frames[1]).to.deep.equal({ type: 'snapshot', id: 'board', position: 1, rows: [ticket(1).row] });
  });

  describe('while a snapshot is being read', () => {
    const coldPlace = { ...place, station: 'cold' };

    /** A display whose snapshot has been looked at, but not answered. */
    const waitingDisplay = async (limits: Partial<HubLimits> = {}) => {
      const pauses: (() => void)[] = [];
      const goOn = async (): Promise<void> => {
        for (await settled(); pauses.length > 0; await settled()) pauses.shift()?.();
      };
      const memory = memoryFeed(() => new Promise<void>((resume) => pauses.push(resume)));
      memory.write([ticket(1, 'fired', coldPlace)]);
      const { hub } = hubOver(memory, limits);
      display(hub, place);
      await goOn();
      const { frames } = display(hub, coldPlace);
      await settled();
      pauses.shift()?.();
      await settled();
      const answer = pauses.shift();
      return { memory, frames, goOn, answer: () => answer?.() };
    };

    it('sends no rows of a read model that was replaced meanwhile', async () => {
      const { memory, frames, goOn, answer } = await waitingDisplay();
      memory.rebuild([ticket(2, 'fired', coldPlace)]);
      memory.hint();
      await goOn();
      answer();
      await goOn();
      expect(frames).to.deep.equal([{ type: 'snapshot', id: 'board', position: 1, rows: [ticket(2, 'fired', coldPlace).row] }]);
    });

    it('reads another where more has happened meanwhile than is kept', async () => {
      const { memory, frames, goOn, answer } = await waitingDisplay({ recentChanges: 2 });
      for (const n of [2, 3, 4]) memory.write([ticket(n, 'fired', coldPlace)]);
      memory.hint();
      await goOn();
      answer();
      await goOn();
      expect(frames).to.have.length(1);
      expect(frames[0]).to.include({ type: 'snapshot', position: 4 });
    });

    it('sends what has happened meanwhile after it', async () => {
      const { memory, frames, goOn, answer } = await waitingDisplay();
      memory.write([ticket(2, 'fired', coldPlace)]);
      memory.hint();
      await goOn();
      answer();
      await goOn();
      expect(frames).to.deep.equal([
        { type: 'snapshot', id: 'board', position: 1, rows: [ticket(1, 'fired', coldPlace).row] },
        { type: 'changes', id: 'board', position: 2, changes: [{ key: 'ticket-2', row: ticket(2, 'fired', coldPlace).row }] },
      ]);
    });
  });

  it('tells a subscriber that what it needs cannot be read, and goes on after a broken reading of news', async () => {
    const memory = memoryFeed();
    const { hub } = hubOver(memory);
    const early = display(hub, place);
    await settled();
    memory.breakWith(new Error('the database is away'));
    memory.write([ticket(1)]);
    memory.hint();
    const late = display(hub, { ...place, station: 'cold' });
    await settled();
    expect(late.failures.map(String)).to.deep.equal(['Error: the database is away']);
    expect(early.failures).to.deep.equal([]);
    memory.breakWith(null);
    memory.hint();
    await settled();
    expect(early.frames.at(-1)).to.have.property('position', 1);
  });

  it('reads nothing while nobody is subscribed, and nothing of what happened meanwhile', async () => {
    let looks = 0;
    const memory = memoryFeed(async () => (looks += 1));
    const { hub } = hubOver(memory);
    const first = display(hub, place);
    await settled();
    first.leave();
    looks = 0;
    memory.write([ticket(1)]);
    memory.hint();
    await settled();
    expect(looks).to.equal(0);
    const second = display(hub, place);
    await settled();
    expect(first.frames).to.have.length(1);
    expect(second.frames).to.deep.equal([{ type: 'snapshot', id: 'board', position: 1, rows: [ticket(1).row] }]);
  });

  it('sends nothing after it was closed, also to who was waiting for a snapshot', async () => {
    const memory = memoryFeed();
    const { hub } = hubOver(memory);
    const waiting = display(hub, place);
    hub.close();
    memory.write([ticket(1)]);
    memory.hint();
    await settled();
    expect(waiting.frames).to.deep.equal([]);
  });
});

type Step =
  | {
      readonly do: 'write';
      readonly tickets: readonly { readonly n: number; readonly what: 'fired' | 'bumped' | 'gone' }[];
      readonly step: number;
    }
  | { readonly do: 'come' | 'leave' | 'return' | 'blink'; readonly who: number }
  | { readonly do: 'hint' }
  | { readonly do: 'answer'; readonly looks: number }
  | { readonly do: 'forget' | 'tell'; readonly back: number };

type Seen = Display & { readonly at: Station; framesAtLeaving?: number };

const who = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      tickets: fc.array(fc.record({ n: fc.nat({ max: 5 }), what: fc.constantFrom('fired', 'fired', 'bumped', 'gone') }), {
        minLength: 1,
        maxLength: 3,
      }),
      step: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('come', 'leave', 'return', 'blink'), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hint' as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('answer' as const), looks: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), back: fc.nat({ max: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tell' as const), back: fc.nat({ max: 12 }) }) },
);

/** A ticket stays at the station where it was fired, as in the kitchen. */
const placeOf = (n: number): Station => stations[n % stations.length] as Station;

describe('Live hub, whatever happens at once', () => {
  it('shows each display all changes once and in order, over any leaving, returning and forgetting', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 60, maxLength: 160 }), async (scheduler, steps) => {
        const memory = memoryFeed(() => scheduler.schedule(Promise.resolve()));
        const { hub } = hubOver(memory, { recentChanges: 8, pageChanges: 2 });
        const present = new Map<number, Seen>();
        const gone = new Map<number, number>();
        const seen: Seen[] = [];
        let end = 0;

        const come = (n: number, after: number | null): void => {
          if (present.has(n)) return;
          const shown: Seen = { ...display(hub, placeOf(n), after), at: placeOf(n) };
          present.set(n, shown);
          seen.push(shown);
        };
        const leave = (n: number): void => {
          const shown = present.get(n);
          if (shown === undefined) return;
          shown.leave();
          shown.framesAtLeaving = shown.frames.length;
          present.delete(n);
          const last = shown.frames.at(-1);
          if (last !== undefined && 'position' in last) gone.set(n, last.position);
        };
        const take = (one: Step): void => {
          switch (one.do) {
            case 'write':
              end = memory.write(
                one.tickets.map(({ n, what }) => ({ ...ticket(n, what, placeOf(n)), ...(what === 'gone' && { row: null }) })),
                one.step,
              );
              return;
            case 'come':
              return come(one.who, null);
            case 'return':
              return come(one.who, gone.get(one.who) ?? null);
            case 'leave':
              return leave(one.who);
            case 'blink':
              return (leave(one.who), come(one.who, gone.get(one.who) ?? null));
            case 'hint':
              return memory.hint();
            case 'answer':
              return void scheduler.waitNext(Math.min(one.looks, scheduler.count()));
            case 'tell':
              return memory.tell(Math.max(0, end - one.back));
            case 'forget':
              return memory.forget(Math.max(0, end - one.back));
          }
        };

        for (const one of steps) {
          take(one);
          await settled();
        }
        memory.hint();
        for (await settled(); scheduler.count() > 0; await settled()) await scheduler.waitNext(1);
        for (const { at, frames, failures, framesAtLeaving } of seen) {
          expect(failures).to.deep.equal([]);
          if (framesAtLeaving === undefined) expectFaithful(frames, 'board', memory.changes, at, end);
          else if (frames.length > 0) expectFaithful(frames, 'board', memory.changes, at, 0);
          if (framesAtLeaving !== undefined) expect(frames).to.have.length(framesAtLeaving);
        }
      }),
      { numRuns: 300 },
    ));
});
