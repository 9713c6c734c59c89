import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reasonOf, usageError } from '../../platform/errors.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What `/metrics` answers: text, in the format that was asked for. Undefined as long as there is nothing to answer. */
export type Answer = (openMetrics: boolean) => string | undefined;

export interface MetricsServer extends AsyncDisposable {
  readonly url: string;
}

const SECONDS = 5; // for a request to arrive
const CONNECTIONS = 32;
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * Serves `/metrics`; nothing else is answered. A scrape reads nothing from the kernel.
 * @throws {CtloadError} exit 2 when the address cannot be had.
 */
export async function serveMetrics({ host, port }: ListenAddress, answer: Answer): Promise<MetricsServer> {
  const server = createServer({ headersTimeout: SECONDS * 1000, requestTimeout: SECONDS * 1000 }, (request, response) => {
    request.resume();
    const end = (status: number, type: string, text: string) => response.writeHead(status, { 'content-type': type }).end(text);
    const [path] = (request.url ?? '').split('?');
    if (path !== '/metrics') return end(404, TEXT, 'see /metrics\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(405, TEXT, 'GET only\n');
    const openMetrics = (request.headers.accept ?? '').includes('application/openmetrics-text');
    const text = answer(openMetrics);
    if (text === undefined) return end(503, TEXT, 'no sample yet\n');
    return end(200, openMetrics ? OPEN_METRICS : TEXT, text);
  });
  server.maxConnections = CONNECTIONS;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw usageError(
      `cannot listen on ${host} port ${port}: ${reasonOf(cause)}`,
      'choose an address of this machine and a free port: --listen ADDRESS:PORT',
      cause,
    );
  }
  const { address, family, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}/metrics`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
