import type { CompositionRecord } from '../model/sample.ts';
import { monotonic } from '../platform/clock.ts';
import { type Child, CommandError, spawn } from '../platform/exec.ts';
import type { Work } from './child.ts';
import { ListingCount } from './listing.ts';

/** Ballast and prefill are marked, the test's entries are not; ctnetlink leaves the others out inside the kernel. */
const LISTING = ['conntrack', '-L', '--mark', '0'];
const SHORTEST_INTERVAL = 0.5;
/** A listing may cost 5 % of a core, whatever the size of the table. */
const INTERVAL_PER_COST = 20;
/** A run does not wait longer than this for a last listing: 250,000 entries take two seconds. */
const LAST_COST = 0.25;

/** Lists the table of the namespace it runs in, again and again, and counts the entries of every state. */
export class Composing implements Work {
  readonly #write: (records: readonly CompositionRecord[]) => void;
  #stopping = false;
  #wake: () => void = () => {};
  #listing: Child | undefined;
  /** Seconds the last listing took. */
  #cost = 0;

  constructor(write: (records: readonly CompositionRecord[]) => void) {
    this.#write = write;
  }

  async run(epoch: number): Promise<void> {
    while (!this.#stopping) {
      await this.#list(epoch);
      await this.#pause(Math.max(SHORTEST_INTERVAL, INTERVAL_PER_COST * this.#cost) - this.#cost);
    }
    if (this.#cost <= LAST_COST) await this.#list(epoch);
  }

  stop(): void {
    this.#stopping = true;
    this.#wake();
    if (this.#cost > LAST_COST) this.#listing?.kill('SIGKILL');
  }

  async #list(epoch: number): Promise<void> {
    const started = monotonic();
    const child = spawn(LISTING);
    this.#listing = child;
    const count = new ListingCount();
    child.onLine((line) => count.add(line));
    child.end();
    const exit = await child.exited;
    this.#listing = undefined;
    if (exit.signal !== null && this.#stopping) return; // it would have held up the end
    if (exit.code !== 0) throw new CommandError(child.command, exit);
    this.#cost = monotonic() - started;
    const middle = started + this.#cost / 2 - epoch; // entries come and go while the kernel walks its buckets
    this.#write([{ type: 'composition', t: round(middle), ...count.result(), cost: round(this.#cost) }]);
  }

  #pause(seconds: number): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
