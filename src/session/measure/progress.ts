import type { LatencySlice } from '../../model/result/latency.ts';
import { totalFailed } from '../../model/timeline/attempt.ts';
import type { ConntrackRecord, TimelineRecord } from '../../model/timeline/sample.ts';
import { Counts } from '../../timeline/counts.ts';

/** The figures of the live view, as of the last records. */
export interface Progress {
  /** Of several gateways' tables that with the most. */
  entries: number;
  /** Of all gateways. */
  drops: number;
  /** The sample that showed the first dropped packet. */
  firstDrop: { readonly t: number; readonly entries: number } | null;
  failed: number;
  open: number;
  /** Attempts started per second, over the last whole second. */
  rate: number;
  p99Ms: number | null;
}

/** Computes the figures of the live view from the stream of records. */
export class ProgressMeter {
  readonly #open = new Map<string, number>();
  readonly #perBucket = new Map<number, number>();
  readonly #connecting = new Counts();
  #connectingFrom = Number.NaN;
  /** By gateway, where there are several: drops before the load and now, and the entries. */
  readonly #tables = new Map<string, { before: number | undefined; drops: number; entries: number }>();
  readonly progress: Progress = { entries: 0, drops: 0, firstDrop: null, failed: 0, open: 0, rate: 0, p99Ms: null };

  record(record: TimelineRecord): void {
    switch (record.type) {
      case 'conntrack':
        if (record.host === 'gateway') this.#table(record);
        break;
      case 'load':
        this.progress.failed += totalFailed({ failed: record.failed ?? {} });
        this.#attempts(record.at, record.attempted ?? 0);
        break;
      case 'gauge':
        this.#open.set(record.flood, record.open);
        this.progress.open = [...this.#open.values()].reduce((sum, open) => sum + open, 0);
        break;
    }
  }

  /** Takes a flood's connect latencies of one second; the figure is that of all floods in it. */
  connecting({ from, data }: Pick<LatencySlice, 'from' | 'data'>): void {
    if (from !== this.#connectingFrom) this.#connecting.clear();
    this.#connectingFrom = from;
    this.#connecting.addEncoded(data);
    this.progress.p99Ms = this.#connecting.summary().p99;
  }

  #table({ t, gateway = '', entries, drop }: ConntrackRecord): void {
    const table = this.#tables.get(gateway) ?? { before: undefined, drops: 0, entries: 0 };
    this.#tables.set(gateway, table);
    table.entries = entries;
    const all = [...this.#tables.values()];
    this.progress.entries = Math.max(...all.map((one) => one.entries));
    if (drop === undefined) return;
    table.before ??= drop;
    table.drops = drop - table.before;
    this.progress.drops = all.reduce((sum, { drops }) => sum + drops, 0);
    if (this.progress.drops > 0) this.progress.firstDrop ??= { t, entries };
  }

  #attempts(at: number, count: number): void {
    const bucket = Math.round(at * 10);
    this.#perBucket.set(bucket, (this.#perBucket.get(bucket) ?? 0) + count);
    let rate = 0;
    for (const [key, attempts] of this.#perBucket) {
      if (key <= bucket - 10) this.#perBucket.delete(key);
      else rate += attempts;
    }
    this.progress.rate = rate;
  }
}
