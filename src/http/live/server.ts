import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate as immediate } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { liveConnection, type Connection, type ConnectionLimits, type ConnectionNeeds } from './connection.ts';
import { frameOf } from './frames.ts';
import { liveHub, type HubLimits } from './hub.ts';
import { originAllowed } from './origin.ts';
import type { LiveFeed, LiveMetrics } from './ports.ts';
import { closeCodes, LIVE_PATH } from './protocol.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';

export type LiveLimits = ConnectionLimits & HubLimits & { readonly connections: number; readonly connectionsPerAddress: number };

/** A restaurant's displays share one address behind its router, so the bound on an address is generous. */
export const liveLimits: LiveLimits = {
  connections: 4000,
  connectionsPerAddress: 2000,
  subscriptions: 32,
  messagesAtOnce: 50,
  messagesPerSecond: 10,
  authenticateMilliseconds: 5000,
  closeMilliseconds: 5000,
  recentChanges: 5000,
  pageChanges: 1000,
  pollMilliseconds: 1000,
};

/** What a person may see is asked this often, so that what he lost is gone within the second. */
const RECHECK_MS = 250;
/** Of connections that something is done with in one turn: changes and commands do not wait until it is done with all. */
const TOGETHER = 50;
const MAX_MESSAGE_BYTES = 16 * 1024;

export type LiveServerNeeds = Omit<ConnectionNeeds, 'hub' | 'limits'> & {
  readonly server: Server;
  readonly feed: LiveFeed;
  /** Beside the server's own: origins as browsers write them, `https://host[:port]`. */
  readonly allowedOrigins: readonly string[];
  readonly metrics: LiveMetrics;
  readonly limits?: LiveLimits;
  /** Whom a connection counts for; differs from the socket's address behind a trusted proxy. */
  readonly addressOf?: (request: IncomingMessage) => string;
};

export type LiveServer = {
  /** Tells every client to connect elsewhere, and waits for them to go. The HTTP server stays open. */
  readonly close: () => Promise<void>;
  readonly connections: () => number;
};

export const liveServer = (needs: LiveServerNeeds): LiveServer => {
  const { server, feed, allowedOrigins, metrics, clock, timers, log, limits = liveLimits, addressOf = socketAddress } = needs;
  const hub = liveHub({ feed, timers, metrics, log, limits });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, clientTracking: false });
  const connections = new Set<Connection>();
  const byAddress = new Map<string, number>();
  let closing: PromiseWithResolvers<void> | null = null;
  let beating = false;

  const count = (address: string, by: 1 | -1): void => {
    const open = (byAddress.get(address) ?? 0) + by;
    if (open > 0) byAddress.set(address, open);
    else byAddress.delete(address);
  };

  const refusal = (request: IncomingMessage, address: string): Parameters<typeof refuseUpgrade>[1] | null => {
    if (request.url?.split('?')[0] !== LIVE_PATH) return 'not-found';
    if (closing !== null) return 'going-away';
    if (connections.size >= limits.connections) return 'too-many-connections';
    if ((byAddress.get(address) ?? 0) >= limits.connectionsPerAddress) return 'too-many-connections-from-address';
    return null;
  };

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const address = addressOf(request);
    const refused = refusal(request, address);
    if (refused !== null) return refuseUpgrade(socket, refused);
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      const connection = liveConnection(accepted, socket, { ...needs, hub, limits });
      connections.add(connection);
      count(address, 1);
      metrics.connections(connections.size);
      accepted.on('close', (code) => {
        connections.delete(connection);
        count(address, -1);
        metrics.connections(connections.size);
        metrics.closed(connection.closedWith() ?? code);
        if (connections.size === 0) closing?.resolve();
      });
      // Browsers hide why a handshake failed, so the page is told after it.
      if (!originAllowed(request.headers, allowedOrigins)) connection.close(closeCodes.forbidden, 'this origin is not allowed');
    });
  };

  const heartbeat = async (): Promise<Buffer> => {
    try {
      return frameOf({ type: 'heartbeat', serverTime: clock.now().toISOString(), ...(await feed.heads()) });
    } catch (err) {
      log.warn({ err }, 'no heartbeat: the log cannot be read');
      return frameOf({ type: 'error', code: 'feed-unavailable', detail: 'the log cannot be read now: what is shown may be old' });
    }
  };

  /** Some at a time, so that what happens meanwhile is told, and commands are answered, in between. */
  const toEach = async (work: (connection: Connection) => void | Promise<void>): Promise<void> => {
    let nth = 0;
    for (const connection of connections) {
      await work(connection);
      if (++nth % TOGETHER === 0) await immediate();
    }
  };

  /** Pings do not wait for the log. */
  const beat = async (): Promise<void> => {
    await toEach((connection) => connection.ping());
    if (beating || connections.size === 0) return;
    beating = true;
    const frame = await heartbeat();
    beating = false;
    await toEach((connection) => connection.tell(frame));
  };

  let rechecking = false;
  const recheck = async (): Promise<void> => {
    if (rechecking) return;
    rechecking = true;
    try {
      await toEach((connection) => connection.recheck());
    } catch (err) {
      // Nothing is let through on it: what screens show comes from the same database.
      log.warn({ err }, 'who may watch cannot be asked now');
    } finally {
      rechecking = false;
    }
  };

  const stopRechecking = timers.every(RECHECK_MS, () => void recheck());
  const stopBeating = timers.every(needs.heartbeatSeconds * 1000, () => void beat());
  server.on('upgrade', upgrade);

  const close = async (): Promise<void> => {
    if (closing !== null) return closing.promise;
    closing = Promise.withResolvers();
    stopBeating();
    stopRechecking();
    hub.close();
    for (const connection of connections) connection.close(closeCodes.goingAway, 'going away, connect again');
    if (connections.size === 0) closing.resolve();
    await closing.promise;
    server.off('upgrade', upgrade);
  };
  return { close, connections: () => connections.size };
};

const socketAddress = (request: IncomingMessage): string => request.socket.remoteAddress ?? 'unknown';
