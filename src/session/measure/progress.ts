import { actionsIn, type DoneAction } from '../../analysis/log/capacity-course.ts';
import { GatewayFold } from '../../analysis/log/gateway-fold.ts';
import type { LatencySlice } from '../../model/result/latency.ts';
import { totalFailed } from '../../model/timeline/attempt.ts';
import type { ConntrackRecord, MetaRecord, TimelineRecord } from '../../model/timeline/sample.ts';
import { Counts } from '../../timeline/counts.ts';

/** The figures of the live view, as of the last records. */
export interface Progress {
  /** Of several gateways' tables the fullest one's. */
  entries: number;
  /** Packets that found no room in the table, of all gateways. */
  drops: number;
  /** Packets that were dropped since their entry clashed with another one. */
  clashed: number;
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
  readonly #table: GatewayFold;
  readonly #actions: DoneAction[] = [];
  readonly progress: Progress = { entries: 0, drops: 0, clashed: 0, firstDrop: null, failed: 0, open: 0, rate: 0, p99Ms: null };

  constructor(meta: Pick<MetaRecord, 'lab' | 'environment'>) {
    this.#table = new GatewayFold(meta);
  }

  record(record: TimelineRecord): void {
    switch (record.type) {
      case 'conntrack':
        this.#sample(record);
        break;
      case 'event':
        this.#actions.push(...actionsIn([record]));
        this.#table.act(this.#actions);
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

  #sample(record: ConntrackRecord): void {
    const sample = this.#table.add(record);
    if (sample === undefined) return;
    const { t, entries, drop, clashed = 0 } = sample;
    Object.assign(this.progress, { entries, drops: drop, clashed });
    if (drop > 0) this.progress.firstDrop ??= { t, entries };
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
