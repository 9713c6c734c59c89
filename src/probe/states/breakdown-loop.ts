import { readFileSync } from 'node:fs';
import type { CompositionRecord } from '../../model/timeline/sample.ts';
import { monotonic } from '../../platform/clock.ts';
import { parseProcessSeconds } from '../cpu.ts';
import { COUNT } from '../netlink-table.ts';
import { ProcFile } from '../proc-file.ts';
import type { ProbeLoop } from '../serve-probe.ts';
import { ListingCount } from './listing.ts';
import { ListingChoice } from './listing-choice.ts';
import { readSlice } from './table-slice.ts';
import { type WholeListing, wholeListing } from './whole-listing.ts';

const SHORTEST_INTERVAL = 0.5;
/** Listings cost at most 5 % of a core, whatever the size of the table. */
const INTERVAL_PER_COST = 20;
/** CPU seconds. The last listing, of what the load leaves behind, is left out where it would cost more: 100,000 entries do. */
const LAST_COST = 0.5;
/** Seconds a run waits for the last listing at most, on a machine that is busy with other things. */
export const LAST_WAIT = 2;

/**
 * Counts the entries of every state in the table of the namespace it runs in, repeatedly: in the whole table, in a slice of it,
 * or not at all where that would change how the table fills (see ListingChoice).
 */
export class StateBreakdownLoop implements ProbeLoop {
  readonly #write: (records: readonly CompositionRecord[]) => void;
  readonly #size = new ProcFile(COUNT);
  readonly #choice = new ListingChoice();
  #stopping = false;
  #wake: () => void = () => {};
  readonly #whole = wholeListing();
  #listing: WholeListing | undefined;
  /** CPU seconds of the previous listing: how long it took says more about the machine than about the table. */
  #cost = 0;
  /** Number of entries that are not listed, those with a mark; undefined before the first listing. */
  #hidden: number | undefined;

  constructor(write: (records: readonly CompositionRecord[]) => void) {
    this.#write = write;
  }

  async run(epoch: number): Promise<void> {
    while (!this.#stopping) {
      const started = monotonic();
      const choice = this.#choice.choose(started, { entries: this.#entries(), hidden: this.#hidden ?? 0 });
      if (choice.kind === 'whole') await this.#list(epoch);
      else if (choice.kind === 'slice') this.#sample(epoch, choice.lines);
      await this.#pause(Math.max(SHORTEST_INTERVAL, INTERVAL_PER_COST * this.#cost) - (monotonic() - started));
    }
    if (this.#cost <= LAST_COST) await this.#list(epoch, LAST_WAIT);
  }

  stop(): void {
    this.#stopping = true;
    this.#wake();
    if (this.#cost > LAST_COST) this.#listing?.stop();
  }

  async #list(epoch: number, limit = Number.POSITIVE_INFINITY): Promise<void> {
    const started = monotonic();
    const usedBefore = cpuSeconds();
    const before = this.#entries();
    const count = new ListingCount();
    const listing = this.#whole.list(count);
    this.#listing = listing;
    const timer = Number.isFinite(limit) ? setTimeout(() => listing.stop(), limit * 1000) : undefined;
    const complete = await listing.over;
    clearTimeout(timer);
    this.#listing = undefined;
    if (!complete) return; // stopped, not to delay the end
    this.#cost = cpuSeconds() - usedBefore;
    const took = monotonic() - started;
    // Of the entries that the first listing meets it is not known whether they had expired.
    const lost = this.#hidden === undefined ? Math.max(0, before - this.#entries()) : 0;
    const reclaimed = lost + this.#choice.looked({ at: started, took, count, whole: true });
    this.#hidden ??= Math.max(0, this.#entries() - count.entries);
    this.#record(epoch, started, { ...count.result(), reclaimed });
  }

  #sample(epoch: number, lines: number): void {
    const started = monotonic();
    const usedBefore = cpuSeconds();
    const slice = readSlice(lines, () => this.#entries(), { marked: this.#whole.marked });
    if (slice === undefined || slice.count.entries === 0) return;
    this.#cost = cpuSeconds() - usedBefore;
    const { count, reclaimed } = slice;
    this.#choice.looked({ at: started, took: monotonic() - started, count, whole: false });
    const all = Math.max(count.entries, this.#entries() - (this.#hidden ?? 0));
    this.#record(epoch, started, { ...count.result(all / count.entries), sampled: count.entries, reclaimed });
  }

  /** The time is the middle of the listing, because entries come and go while the kernel walks its buckets. */
  #record(epoch: number, started: number, listed: Omit<CompositionRecord, 'type' | 't' | 'cost'>): void {
    const took = monotonic() - started;
    this.#write([{ type: 'composition', t: round(started + took / 2 - epoch), ...listed, cost: round(took) }]);
  }

  #entries(): number {
    return Number(this.#size.text());
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

/** CPU seconds of this process and the listings it has waited for. */
function cpuSeconds(): number {
  return parseProcessSeconds(readFileSync('/proc/self/stat', 'latin1'));
}

function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
