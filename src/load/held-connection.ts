import type { Attempt } from './attempt.ts';
import type { Held, HoldListener } from './held-socket.ts';
import type { Wire } from './wire.ts';

/** One bare TCP connection over which nothing is sent. */
export class HeldConnection implements Held {
  readonly attempt: Attempt;
  openedAt = Number.NaN;
  readonly #wire: Wire;

  constructor(attempt: Attempt, wire: Wire, listener: Pick<HoldListener, 'closed'>) {
    this.attempt = attempt;
    this.#wire = wire;
    wire.receive(ignore, () => listener.closed(this));
  }

  destroy(): void {
    this.#wire.close();
  }
}

function ignore(): void {}
