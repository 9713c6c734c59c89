import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Route } from '../../model/input/lab.ts';

const BACKLOG = 65_535;

/**
 * A proxy that ends each connection and opens one of its own to the endpoint behind, as nginx or Envoy do without upstream
 * keep-alive: two conntrack entries a connection. It hands on bytes, half-closes and resets, and looks at none of it.
 */
export class ProxyServer {
  readonly #servers: Server[] = [];

  /** Resolves when all routes are listened on; rejects with the first one's error. */
  async listen(routes: readonly Route[]): Promise<void> {
    await Promise.all(routes.map((route) => this.#listening(route)));
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }

  #listening({ from, to }: Route): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => join(client, to));
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: from.address, port: from.port, backlog: BACKLOG }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  }
}

function join(client: Socket, { address, port }: Route['to']): void {
  const upstream = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
  client.pipe(upstream);
  upstream.pipe(client);
  endTogether(client, upstream);
  endTogether(upstream, client);
}

/** A socket that fails takes the other with it by a reset; one that was closed before the other was, closes that. */
function endTogether(one: Socket, other: Socket): void {
  one.on('error', () => other.resetAndDestroy());
  one.on('close', () => {
    if (!other.writableEnded || other.connecting) other.destroy();
  });
}
