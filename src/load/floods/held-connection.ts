import type { TcpConnection } from '../sockets/tcp-connection.ts';
import type { Held } from './held.ts';
import type { HoldListener } from './held-socket.ts';

/** One bare TCP connection over which nothing is sent. */
export class HeldConnection implements Held {
  readonly index: number;
  readonly attempt = undefined;
  openedAt = Number.NaN;
  readonly #wire: TcpConnection;

  constructor(index: number, wire: TcpConnection, listener: Pick<HoldListener, 'closed'>) {
    this.index = index;
    this.#wire = wire;
    wire.receive(ignore, () => listener.closed(this));
  }

  destroy(): void {
    this.#wire.close();
  }
}

function ignore(): void {}
