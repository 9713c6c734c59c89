import type { WatchedService } from '../../model/result/watch.ts';
import { serviceOf } from '../../sizing/listing/entry.ts';
import { parseLine } from '../../sizing/listing/line.ts';

const MOST = 5;

/** Counts entries by where they go to. */
export class Services {
  readonly #entries = new Map<string, number>();

  /** A line of /proc/net/nf_conntrack; damaged ones are left out. */
  add(line: string): void {
    const entry = parseLine(line);
    if (entry === undefined) return;
    const service = serviceOf(entry);
    this.#entries.set(service, (this.#entries.get(service) ?? 0) + 1);
  }

  /** Those with the most entries. @param factor entries of the table for each that was counted */
  most(factor: number): WatchedService[] {
    return [...this.#entries]
      .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
      .slice(0, MOST)
      .map(([service, entries]) => ({ service, entries: Math.round(entries * factor) }));
  }
}
