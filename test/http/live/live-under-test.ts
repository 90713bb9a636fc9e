import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rolesPermit } from '../../../src/commands/roles.ts';
import type { LiveFeed } from '../../../src/http/live/ports.ts';
import { liveLimits, liveServer, type LiveServer, type LiveServerNeeds } from '../../../src/http/live/server.ts';
import type { LiveTickets, Principal } from '../../../src/http/ports.ts';
import { handTimers, type HandTimers } from './hand-timers.ts';

export const here = 'location-here';
export const elsewhere = 'location-elsewhere';
export const grill = 'station-grill';
export const cold = 'station-cold';

export const cook: Principal = { userId: 'cook', name: 'Ada', roles: ['display'], locationIds: [here], terminalId: null };
export const owner: Principal = { userId: 'owner', name: 'Bo', roles: ['owner'], locationIds: null, terminalId: null };

export const can: LiveServerNeeds['can'] = ({ roles, locationIds }, permission, locationId) =>
  rolesPermit(roles, permission) && (locationIds === null || locationIds.includes(locationId));

/** Each good for one connection, as the real ones are. */
export const ticketsInMemory = (): LiveTickets & { readonly give: (principal: Principal) => string } => {
  const issued = new Map<string, Principal>();
  const give = (principal: Principal): string => {
    const ticket = `ticket-${issued.size + 1}`;
    issued.set(ticket, principal);
    return ticket;
  };
  const redeemed = new Set<string>();
  const redeem = async (ticket: string): Promise<Principal | null> => {
    if (redeemed.has(ticket)) return null;
    redeemed.add(ticket);
    return issued.get(ticket) ?? null;
  };
  return { give, issue: async (principal) => ({ ticket: give(principal), expiresInSeconds: 30 }), redeem };
};

export type UnderTest = HandTimers & {
  readonly url: string;
  readonly live: LiveServer;
  readonly ticket: (principal?: Principal) => string;
  /** Close codes as the metrics saw them. */
  readonly closes: readonly number[];
  /** How many were cut off for reading too slowly. */
  readonly tooSlow: () => number;
  readonly stop: () => Promise<void>;
};

type Settings = Partial<Pick<LiveServerNeeds, 'allowedOrigins' | 'maxBufferedBytes' | 'tickets' | 'standing'>> & {
  readonly limits?: Partial<typeof liveLimits>;
};

/** The live stream on a real server, with its time turned by hand. */
export const liveUnderTest = async (feed: LiveFeed, { limits, ...settings }: Settings = {}): Promise<UnderTest> => {
  const hands = handTimers();
  const server = createServer();
  const tickets = ticketsInMemory();
  const closes: number[] = [];
  let tooSlow = 0;
  const silent = (): void => undefined;
  const live = liveServer({
    server,
    tickets,
    standing: async (principal) => principal,
    feed,
    allowedOrigins: ['https://kitchen.example'],
    logId: 'the-log',
    heartbeatSeconds: 5,
    maxBufferedBytes: 1_000_000,
    can,
    log: { debug: silent, info: silent, warn: (_, message) => void (tooSlow += Number(message.includes('too slowly'))), error: silent },
    metrics: { connections: silent, framesSent: silent, closed: (code) => closes.push(code) },
    clock: hands.clock,
    timers: hands.timers,
    ...settings,
    limits: { ...liveLimits, ...limits },
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = async (): Promise<void> => {
    const closed = live.close();
    hands.turn(liveLimits.closeMilliseconds);
    await closed;
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { ...hands, url, live, ticket: (principal = cook) => tickets.give(principal), closes, tooSlow: () => tooSlow, stop };
};
