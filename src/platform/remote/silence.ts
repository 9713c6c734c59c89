import { ALIVE_SECONDS } from './protocol.ts';

/** Waits for a process to be silent for `seconds`, and then calls `onSilent`, once. */
export class SilenceWatch implements Disposable {
  readonly #timer: NodeJS.Timeout;
  /** Intervals in a row without a sign of life. */
  #silent = 0;

  constructor(seconds: number, onSilent: () => void) {
    // Counted, not read from a clock: while this process itself is stopped or starved, it hears nothing, and counts nothing.
    this.#timer = setInterval(() => {
      this.#silent++;
      if (this.#silent * ALIVE_SECONDS < seconds) return;
      this[Symbol.dispose]();
      onSilent();
    }, ALIVE_SECONDS * 1000).unref();
  }

  /** The process has given a sign of life. */
  heard(): void {
    this.#silent = 0;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
