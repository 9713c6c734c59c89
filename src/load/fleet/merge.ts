import type { LatencySlice } from '../../model/result/latency.ts';
import { type AttemptCounts, addAttempts, noAttempts, type Phase } from '../../model/timeline/attempt.ts';
import { type GaugeRecord, type LoadRecord, TICK_SECONDS } from '../../model/timeline/sample.ts';
import { type GaugeCount, type LoadCount, TICKS_PER_SLICE, type TickReport } from '../protocol/messages.ts';
import { addTo, nonZero } from '../tally/flood-counters.ts';
import { mergeHistograms } from '../tally/histograms.ts';

export interface MergeOutput {
  onRecord(record: LoadRecord | GaugeRecord): void;
  onHistogram(slice: LatencySlice): void;
}

/**
 * Sums what the agents report, so that the record does not grow with their number. A tick is passed on once every agent that
 * still runs has reported it or a later one.
 */
export class TickMerger {
  readonly #output: MergeOutput;
  /** Last tick reported, by agent. */
  readonly #reported: number[];
  /** The earliest of these, and how many agents have not come further: looking at all for every report would be quadratic. */
  #complete = 0;
  #behind: number;
  /** By tick, in the order first seen. */
  #loads = new Map<number, Map<string, LoadSum>>();
  #slices = new Map<number, Map<string, { flood: string; phase: Phase; data: string[] }>>();
  /** By tick of the report, gauge changes in the order they came. */
  #gaugeChanges = new Map<number, { agent: number; gauge: GaugeCount }[]>();
  readonly #gauges = new Map<string, GaugeCount[]>();

  constructor(agents: number, output: MergeOutput) {
    this.#output = output;
    this.#reported = Array.from({ length: agents }, () => 0);
    this.#behind = agents;
  }

  add(agent: number, report: TickReport): void {
    const { tick } = report;
    for (const load of report.loads) this.#addLoad(tick, load);
    if (report.gauges.length > 0) {
      const changes = entryOf(this.#gaugeChanges, tick, () => []);
      for (const gauge of report.gauges) changes.push({ agent, gauge });
    }
    const second = Math.ceil(tick / TICKS_PER_SLICE);
    for (const { flood, phase, data } of report.slices) {
      const slices = entryOf(this.#slices, second, () => new Map());
      entryOf(slices, `${flood}\n${phase}`, () => ({ flood, phase, data: [] })).data.push(data);
    }
    this.#advance(agent, Math.max(this.#reported[agent] ?? 0, tick));
  }

  /** The agent is gone and reports nothing more. */
  end(agent: number): void {
    this.#advance(agent, Number.POSITIVE_INFINITY);
  }

  #advance(agent: number, tick: number): void {
    if (this.#reported[agent] === this.#complete && tick > this.#complete) this.#behind--;
    this.#reported[agent] = tick;
    if (this.#behind === 0) {
      this.#complete = this.#reported.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
      this.#behind = this.#reported.filter((one) => one === this.#complete).length;
    }
    this.#passOn(this.#complete);
  }

  /** Passes on everything, including the unfinished second of the histograms: further slices of that second add to it. */
  flush(): void {
    this.#passOn(Number.POSITIVE_INFINITY);
  }

  #addLoad(tick: number, load: LoadCount): void {
    const { flood, bucket, firstBadAt = Number.POSITIVE_INFINITY, failedWith = {}, ...counts } = load;
    const loads = entryOf(this.#loads, tick, () => new Map());
    const sum = entryOf(loads, `${flood}\n${bucket}`, () => ({
      flood,
      bucket,
      firstBadAt: Number.POSITIVE_INFINITY,
      counts: noAttempts(),
      failedWith: {},
    }));
    addAttempts(sum.counts, counts);
    addTo(sum.failedWith, failedWith);
    sum.firstBadAt = Math.min(sum.firstBadAt, firstBadAt);
  }

  #passOn(complete: number): void {
    for (const tick of due(this.#loads, complete)) {
      for (const sum of this.#loads.get(tick)?.values() ?? []) this.#output.onRecord(recordOf(sum, tick));
      this.#loads.delete(tick);
    }
    for (const tick of due(this.#gaugeChanges, complete)) {
      this.#passOnGauges(tick, this.#gaugeChanges.get(tick) ?? []);
      this.#gaugeChanges.delete(tick);
    }
    for (const second of due(this.#slices, complete / TICKS_PER_SLICE)) {
      for (const { flood, phase, data } of this.#slices.get(second)?.values() ?? []) {
        this.#output.onHistogram({ flood, phase, from: second - 1, to: second, data: mergeHistograms(data) });
      }
      this.#slices.delete(second);
    }
  }

  #passOnGauges(tick: number, changes: readonly { agent: number; gauge: GaugeCount }[]): void {
    for (const { agent, gauge } of changes) entryOf(this.#gauges, gauge.flood, () => [])[agent] = gauge;
    for (const flood of new Set(changes.map(({ gauge }) => gauge.flood))) {
      let open = 0;
      let connecting = 0;
      for (const gauge of Object.values(this.#gauges.get(flood) ?? [])) {
        open += gauge.open;
        connecting += gauge.connecting;
      }
      this.#output.onRecord({ type: 'gauge', t: secondsOf(tick), flood, open, connecting });
    }
  }
}

interface LoadSum {
  readonly flood: string;
  readonly bucket: number;
  readonly counts: AttemptCounts;
  readonly failedWith: Record<string, number>;
  firstBadAt: number;
}

function recordOf(sum: LoadSum, tick: number): LoadRecord {
  return {
    type: 'load',
    t: secondsOf(sum.bucket),
    at: secondsOf(tick),
    flood: sum.flood,
    ...nonZero(sum.counts),
    ...(sum.firstBadAt === Number.POSITIVE_INFINITY ? {} : { firstBadAt: sum.firstBadAt }),
    ...(Object.keys(sum.failedWith).length === 0 ? {} : { failedWith: sum.failedWith }),
  };
}

/** Seconds without a rounding error: 0.3, not 0.30000000000000004. */
function secondsOf(tick: number): number {
  return tick / Math.round(1 / TICK_SECONDS);
}

function due<T>(byTime: ReadonlyMap<number, T>, complete: number): number[] {
  return [...byTime.keys()].filter((time) => time <= complete).sort((a, b) => a - b);
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
