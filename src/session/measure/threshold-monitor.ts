import { TableFold } from '../../analysis/log/table.ts';
import { MetricCollector } from '../../analysis/metrics/collector.ts';
import { parseSelector, type Selector } from '../../model/input/metrics.ts';
import { type Expression, holds, observed, parseExpression, type Threshold } from '../../model/input/threshold.ts';
import type { EventRecord, MetaRecord, TimelineRecord } from '../../model/timeline/sample.ts';
import { thresholdCrossed } from '../../report/wording/threshold.ts';
import { decodeValues } from '../../timeline/recorded-values.ts';

const CHECK_INTERVAL_MS = 1000; // latencies arrive once per second

interface Watched extends Threshold {
  readonly selector: Selector;
  readonly parsed: Expression;
}

/** The threshold that stopped the load, and what was observed. */
export type Crossing = Required<Pick<EventRecord, 'detail' | 'threshold'>>;

/** Checks the thresholds with `abortOnFail` while the load runs. Without any it keeps nothing. */
export class ThresholdMonitor implements Disposable {
  /** Resolves with the first threshold that was crossed after its delay. */
  readonly crossed: Promise<Crossing>;
  readonly #watched: readonly Watched[];
  readonly #collector: MetricCollector;
  readonly #table: TableFold;
  #resolve: (crossing: Crossing) => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(meta: Pick<MetaRecord, 'scenario' | 'lab' | 'environment'>) {
    this.#watched = (meta.scenario.thresholds ?? []).filter(({ abortOnFail }) => abortOnFail).flatMap(watched);
    this.#collector = new MetricCollector(meta);
    this.#table = new TableFold(meta);
    this.crossed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  record(record: TimelineRecord): void {
    if (this.#watched.length === 0) return;
    switch (record.type) {
      case 'load':
        this.#collector.load(record);
        break;
      case 'gauge':
        this.#collector.gauge(record);
        break;
      case 'netstat':
        if (record.host === 'client') this.#collector.netstat(record);
        break;
      case 'conntrack': {
        const sample = record.host === 'gateway' ? this.#table.add(record) : undefined;
        if (sample !== undefined) this.#collector.sample(sample);
        break;
      }
    }
  }

  latency({ flood, phase, data }: { readonly flood: string; readonly phase: string; readonly data: string }): void {
    if (this.#watched.length > 0) this.#collector.latency(flood, phase, decodeValues(data));
  }

  /** Checks once per second while there is load to stop. `now` and `until` are seconds since the start of the load. */
  start(now: () => number, until: number): void {
    if (this.#watched.length === 0) return;
    this.#timer = setInterval(() => {
      if (now() < until) this.check(now());
    }, CHECK_INTERVAL_MS);
  }

  check(seconds: number): void {
    for (const { metric, expression, parsed, selector, delayAbortEvalSeconds } of this.#watched) {
      if (seconds <= delayAbortEvalSeconds) continue;
      const value = observed(parsed, this.#collector.read(selector, seconds, [parsed.aggregation]));
      if (value === null || holds(parsed, value)) continue;
      const threshold = { metric, expression, observed: value };
      this.#resolve({ detail: thresholdCrossed(threshold), threshold });
      return;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function watched(threshold: Threshold): Watched[] {
  const selector = parseSelector(threshold.metric);
  const parsed = parseExpression(threshold.expression);
  return selector === undefined || typeof parsed === 'string' ? [] : [{ ...threshold, selector, parsed }];
}
