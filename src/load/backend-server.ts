import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Endpoint } from '../model/lab.ts';
import type { BackendSpec } from '../model/scenario.ts';
import { monotonic } from '../platform/clock.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import type { BackendCounts } from './messages.ts';

const WELL: BackendSpec = { delaySeconds: 0, status: 200, backlog: 65_535 };
const NEVER_MS = 2 ** 31 - 1; // the longest a Node timer can wait
const BODY = 'ok\n';

/** One backend process: HTTP and WebSocket on some endpoints, accept-and-forget on others. No timer per connection. */
export class BackendServer {
  readonly #counts = { connections: 0, requests: 0, upgrades: 0, stale: 0 };
  readonly #webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });

  readonly #servers: Server[] = [];
  readonly #behaviour: BackendSpec;
  /** Answers held back. */
  readonly #held: DeadlineQueue<ServerResponse>;

  constructor(behaviour: BackendSpec = WELL) {
    this.#behaviour = behaviour;
    this.#held = new DeadlineQueue(behaviour.delaySeconds);
  }

  /**
   * Resolves when all endpoints listen, with the HTTP ones as they are (port 0 asks the kernel for one); rejects with the
   * first one's error.
   */
  async listen(http: readonly Endpoint[], stale: readonly Endpoint[]): Promise<Endpoint[]> {
    const [endpoints] = await Promise.all([
      Promise.all(http.map((endpoint) => this.#listening(this.#httpServer(), endpoint))),
      Promise.all(stale.map((endpoint) => this.#listening(this.#staleServer(), endpoint))),
    ]);
    return endpoints;
  }

  /** Accepts nothing more; connections that are up stay up until their clients end them. */
  close(): void {
    for (const server of this.#servers) server.close();
  }

  counts(): BackendCounts {
    return { ...this.#counts };
  }

  #httpServer(): Server {
    const server = createHttpServer({ connectionsCheckingInterval: NEVER_MS, noDelay: true }, (request, response) =>
      this.#answer(request, response),
    );
    server.headersTimeout = 0;
    server.requestTimeout = 0;
    server.keepAliveTimeout = 0;
    server.timeout = 0;
    server.on('connection', () => {
      this.#counts.connections++;
    });
    server.on('upgrade', (request, socket, head) => {
      this.#counts.upgrades++;
      this.#webSockets.handleUpgrade(request, socket, head, hold);
    });
    return server;
  }

  #listening(server: Server, { address, port }: Endpoint): Promise<Endpoint> {
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address, port, backlog: this.#behaviour.backlog }, () => {
        server.off('error', reject);
        const bound = server.address();
        resolve({ address, port: typeof bound === 'object' && bound !== null ? bound.port : port });
      });
    });
  }

  #answer(_request: IncomingMessage, response: ServerResponse): void {
    this.#counts.requests++;
    const waiting = this.#held.nextAt !== Number.POSITIVE_INFINITY;
    if (this.#behaviour.delaySeconds === 0) this.#send(response);
    else this.#held.push(response, monotonic());
    if (!waiting) this.#wait();
  }

  /** One timer for all: answers fall due in the order in which the requests came. */
  #wait(): void {
    if (this.#held.nextAt === Number.POSITIVE_INFINITY) return;
    setTimeout(
      () => {
        for (let due = this.#held.take(monotonic()); due !== undefined; due = this.#held.take(monotonic())) this.#send(due);
        this.#wait();
      },
      Math.ceil((this.#held.nextAt - monotonic()) * 1000),
    );
  }

  #send(response: ServerResponse): void {
    response.sendDate = false;
    response.writeHead(this.#behaviour.status, {
      'content-type': 'text/plain',
      'content-length': BODY.length,
      connection: 'close',
    });
    response.end(BODY);
  }

  /** Forgets a connection the moment it is accepted; the lab keeps the RST from leaving the namespace. */
  #staleServer(): Server {
    return createServer((socket) => {
      this.#counts.stale++;
      socket.on('error', () => {}); // it is gone either way
      socket.resetAndDestroy();
    });
  }
}

/** Nothing to do for a held socket: ws answers pings by itself, and an error is followed by its close. */
function hold(socket: WebSocket): void {
  socket.on('error', () => {});
}
