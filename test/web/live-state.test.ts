import { expect } from 'chai';
import { connectionOf } from '../../web/shared/connection.ts';
import { behindSeconds, connecting, live, type Live, type LiveInput } from '../../web/shared/live-state.ts';

const START = Date.parse('2026-01-31T18:32:00.000Z');
const at = (seconds: number): number => START + seconds * 1000;
const iso = (seconds: number): string => new Date(at(seconds)).toISOString();

const after = (...steps: readonly (readonly [seconds: number, input: LiveInput])[]): Live =>
  steps.reduce((state, [seconds, input]) => live(state, input, at(seconds)), connecting);

const subscribed = [0, { type: 'subscribed', id: 'board' }] as const;
const welcome = (seconds: number, serverTime = iso(seconds)) =>
  [seconds, { type: 'frame', frame: { type: 'welcome', heartbeatSeconds: 5, serverTime, logId: 'the-log' } }] as const;
const snapshot = (seconds: number) =>
  [seconds, { type: 'frame', frame: { type: 'snapshot', id: 'board', position: 7, rows: [] } }] as const;
const resumed = (seconds: number) => [seconds, { type: 'frame', frame: { type: 'resumed', id: 'board', position: 7 } }] as const;
const heartbeat = (seconds: number, logPosition = 7, projectionPosition = 7) =>
  [seconds, { type: 'frame', frame: { type: 'heartbeat', serverTime: iso(seconds), logPosition, projectionPosition } }] as const;
const tick = (seconds: number) => [seconds, { type: 'tick' }] as const;
const closed = (seconds: number, reason: string | null = null) => [seconds, { type: 'closed', reason }] as const;

describe('What a screen says of its connection', () => {
  const warning = 'what you see may be old';
  const said = (state: Live, seconds: number) => connectionOf(state, at(seconds), 'UTC', warning);

  it('catches up until every subscription has its rows', () => {
    expect(after(subscribed).status).to.equal('catching-up');
    expect(after(subscribed, welcome(1)).status).to.equal('catching-up');
    expect(after(subscribed, welcome(1), [1, { type: 'subscribed', id: 'all-day' }], snapshot(2)).status).to.equal('catching-up');
    expect(after(subscribed, welcome(1), snapshot(2)).status).to.equal('live');
  });
  it('is live after a resumption too, and when what it waited for is given up', () => {
    expect(after(subscribed, welcome(1), resumed(2)).status).to.equal('live');
    expect(after(subscribed, welcome(1), [2, { type: 'unsubscribed', id: 'board' }]).status).to.equal('live');
  });
  it('stays live while heartbeats come', () => {
    expect(after(subscribed, welcome(1), snapshot(2), heartbeat(7), heartbeat(12), tick(21.9)).status).to.equal('live');
  });
  it('is stale when nothing came for two heartbeats, since the last that came', () => {
    const state = after(subscribed, welcome(1), snapshot(2), heartbeat(10), tick(20.1));
    expect(state.status).to.equal('stale');
    expect(said(state, 21)).to.deep.equal({ tone: 'not-live', title: 'NOT LIVE since 18:32:10', detail: warning });
  });
  it('is not live at once when the connection closes, and remembers since when through failed attempts', () => {
    const state = after(subscribed, welcome(1), snapshot(2), closed(10), closed(11), closed(13));
    expect(said(state, 60).title).to.equal('NOT LIVE since 18:32:10');
    expect(state.failures).to.equal(3);
  });
  it('is still not live when connected again, until it caught up', () => {
    const back = [subscribed, welcome(1), snapshot(2), closed(10), welcome(12)] as const;
    expect(said(after(...back), 12)).to.deep.equal({ tone: 'catching-up', title: 'Catching up', detail: null });
    const caughtUp = after(...back, resumed(13));
    expect(said(caughtUp, 13)).to.deep.equal({ tone: 'live', title: 'Live', detail: null });
    expect([caughtUp.notLiveSince, caughtUp.failures]).to.deep.equal([null, 0]);
  });
  it('says what the server said when it refused', () => {
    const forbidden = [1, { type: 'frame', frame: { type: 'error', code: 'forbidden', detail: 'ask a manager' } }] as const;
    expect(after(subscribed, welcome(1), forbidden).reason).to.equal('ask a manager');
    expect(after(subscribed, closed(1, 'going away')).reason).to.equal('going away');
  });
  it('names the moment on the server’s clock where this device’s is wrong', () => {
    const state = after(subscribed, welcome(1, iso(3601)), snapshot(2), closed(10));
    expect(said(state, 10).title).to.equal('NOT LIVE since 19:32:10');
  });
  it('says how far the read models are behind the orders, once that is worth saying', () => {
    const state = after(subscribed, welcome(1), snapshot(2), heartbeat(5, 20, 10), heartbeat(10, 30, 15));
    expect(behindSeconds(state, at(10))).to.equal(null);
    expect(said(state, 13)).to.deep.equal({ tone: 'catching-up', title: 'Live, but 8 s behind the orders', detail: null });
    const partly = live(state, heartbeat(15, 40, 25)[1], at(15));
    expect(behindSeconds(partly, at(17))).to.equal(7);
    const caughtUp = live(partly, heartbeat(20, 40, 40)[1], at(20));
    expect(behindSeconds(caughtUp, at(60))).to.equal(null);
  });
});
