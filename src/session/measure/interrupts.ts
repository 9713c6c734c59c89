import { setMaxListeners } from 'node:events';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Turns signals into two requests: the first to end in order, the second to end at once. Until an instance is disposed of, a
 * signal never kills the process by itself.
 */
export class Interrupts implements Disposable {
  readonly #graceful = new AbortController();
  readonly #immediate = new AbortController();
  readonly #listener = () => this.raise();

  constructor() {
    setMaxListeners(0, this.graceful, this.immediate); // a lab may have many pods, each of which listens: no leak
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  /** Aborted by the first signal: stop the load, drain, tear down, report. */
  get graceful(): AbortSignal {
    return this.#graceful.signal;
  }

  /** Aborted by the second signal: tear down at once. */
  get immediate(): AbortSignal {
    return this.#immediate.signal;
  }

  raise(): void {
    if (this.#graceful.signal.aborted) this.#immediate.abort();
    this.#graceful.abort();
  }

  /** As if both signals had come: for when the terminal or the parent is gone. */
  raiseImmediate(): void {
    this.#graceful.abort();
    this.#immediate.abort();
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }
}

/** Resolves once `signal` is aborted; never, and without a listener left behind, when `over` is aborted before that. */
export function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: over });
  });
}
