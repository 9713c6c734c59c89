import type { Endpoint } from '../../model/input/lab.ts';
import { Delayed } from '../pacing/delayed.ts';
import type { BackendBehaviour, BackendCounts } from '../protocol/messages.ts';
import { listen } from '../sockets/listen.ts';
import type { Listener, ListenTcp } from '../sockets/listener.ts';
import { BackendConnection, type BackendListener } from './backend-connection.ts';

const WELL: BackendBehaviour = { delaySeconds: 0, status: 200, backlog: 65_535, keepsAlive: false };

/** One backend process: HTTP and WebSocket on some endpoints, accept-and-forget on others. No timer per connection. */
export class BackendServer implements BackendListener {
  readonly #counts = { connections: 0, requests: 0, upgrades: 0, stale: 0 };
  readonly #listeners: Listener[] = [];
  readonly #behaviour: BackendBehaviour;
  readonly #listen: ListenTcp;
  /** Answers held back. */
  readonly #held: Delayed<BackendConnection>;

  constructor(behaviour: BackendBehaviour = WELL, how: ListenTcp = listen) {
    this.#behaviour = behaviour;
    this.#listen = how;
    this.#held = new Delayed(behaviour.delaySeconds, (connection) => connection.answer(behaviour.status));
  }

  /**
   * Resolves when all endpoints listen, with the HTTP ones as they are (port 0 asks the kernel for one); rejects with the
   * first one's error.
   */
  async listen(http: readonly Endpoint[], stale: readonly Endpoint[]): Promise<Endpoint[]> {
    const { backlog } = this.#behaviour;
    const listeners = await Promise.all([
      ...http.map((endpoint) =>
        this.#listen(endpoint, backlog, (wire) => {
          this.#counts.connections++;
          new BackendConnection(wire, this);
        }),
      ),
      // Forgets a connection the moment it is accepted; the lab keeps the RST from leaving the namespace.
      ...stale.map((endpoint) =>
        this.#listen(endpoint, backlog, (wire) => {
          this.#counts.stale++;
          wire.reset();
        }),
      ),
    ]);
    this.#listeners.push(...listeners);
    return listeners.slice(0, http.length).map(({ endpoint }) => endpoint);
  }

  get keepsAlive(): boolean {
    return this.#behaviour.keepsAlive;
  }

  /** Accepts nothing more; connections that are up stay up until their clients end them. */
  close(): void {
    for (const listener of this.#listeners) listener.close();
  }

  counts(): BackendCounts {
    return { ...this.#counts };
  }

  requested(connection: BackendConnection): void {
    this.#counts.requests++;
    if (this.#behaviour.delaySeconds === 0) {
      connection.answer(this.#behaviour.status);
      return;
    }
    this.#held.add(connection);
  }

  upgraded(): void {
    this.#counts.upgrades++;
  }
}
