import type { Socket } from 'node:net';
import type { Attempt } from './attempt.ts';
import type { Held, HoldListener } from './held-socket.ts';

/** One bare TCP connection over which nothing is sent. */
export class HeldConnection implements Held {
  readonly attempt: Attempt;
  openedAt = Number.NaN;
  readonly #socket: Socket;

  constructor(attempt: Attempt, socket: Socket, listener: Pick<HoldListener, 'closed'>) {
    this.attempt = attempt;
    this.#socket = socket;
    socket
      .on('error', () => {}) // its close follows
      .on('close', () => listener.closed(this))
      .resume(); // or the other side's FIN would go unnoticed
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
