import type { Clock } from '../../platform/clock.ts';
import { dropNews, type LiveState, livePlain } from './live-frame.ts';
import type { LiveView, Screen } from './live-view.ts';

const INTERVAL = 1;
const SLACK = 0.02; // updates come at about the same interval: do not skip every other one

/** A plain line per second, for logs and terminals that cannot do more. */
export class Lines implements LiveView {
  readonly #stream: Pick<Screen, 'write'>;
  readonly #clock: Clock;
  #written = Number.NEGATIVE_INFINITY;
  #pending: LiveState | undefined;
  #phase: LiveState['phase'] | undefined;
  #announced = false;
  #closed = false;

  constructor(stream: Pick<Screen, 'write'>, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  update(state: LiveState): void {
    if (this.#closed) return;
    this.#pending = state;
    const news = this.#announced ? undefined : dropNews(state);
    if (news !== undefined) {
      this.#announced = true;
      this.#stream.write(`${news}\n`);
    }
    const isOther = state.phase !== this.#phase; // somebody who pressed Ctrl-C waits to see it
    this.#phase = state.phase;
    if (isOther || this.#clock() - this.#written >= INTERVAL - SLACK) this.#write();
  }

  close(): void {
    this.#write();
    this.#closed = true;
  }

  #write(): void {
    if (this.#pending === undefined) return;
    this.#written = this.#clock();
    this.#stream.write(`${livePlain(this.#pending)}\n`);
    this.#pending = undefined;
  }
}
