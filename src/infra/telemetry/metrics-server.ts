import { createServer, type Server } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Metrics } from './metrics.ts';

export type MetricsServer = { readonly url: string; readonly close: () => Promise<void> };

/** The endpoint cannot be served; the message says why and what to do. */
export class MetricsEndpointUnfit extends Error {
  readonly code = 'metrics-endpoint-unfit';
  constructor(endpoint: string, why: string, cause?: unknown) {
    super(`Metrics cannot be served on ${endpoint}: ${why}. Set observability.metrics.prometheus_endpoint to another address and port.`, {
      cause,
    });
    this.name = 'MetricsEndpointUnfit';
  }
}

/** Serves `GET /metrics` on an address of its own, `0.0.0.0:9090` or `[::]:9090`, so that it need not be open to guests. */
export const serveMetrics = async (endpoint: string, metrics: Pick<Metrics, 'text' | 'contentType'>): Promise<MetricsServer> => {
  const { host, port } = addressOf(endpoint);
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Metrics are at /metrics.\n');
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).end(text),
      (error: unknown) => response.writeHead(500, { 'Content-Type': 'text/plain' }).end(`The metrics cannot be read: ${String(error)}\n`),
    );
  });
  await listening(server, host, port).catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw new MetricsEndpointUnfit(endpoint, taken ? 'the port is taken' : String(error), error);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `http://${shownHost(host)}:${bound}/metrics`, close: () => closed(server) };
};

const addressOf = (endpoint: string): { readonly host: string; readonly port: number } => {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(endpoint);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) throw new MetricsEndpointUnfit(endpoint, 'it is not an address and a port, as 0.0.0.0:9090');
  return { host, port };
};

/** An address one can open, where it listens on all. */
const shownHost = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return isIPv6(host) ? `[${host}]` : host;
};

const listening = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
