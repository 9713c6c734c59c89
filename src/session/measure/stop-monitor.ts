import { actionsIn, type DoneAction } from '../../analysis/log/capacity-course.ts';
import { GatewayFold } from '../../analysis/log/gateway-fold.ts';
import { MetricCollector } from '../../analysis/metrics/collector.ts';
import { seconds as secondsText } from '../../model/format.ts';
import { parseSelector, type Selector } from '../../model/input/metrics.ts';
import { type Expression, holds, observed, onlyWorsens, parseExpression, type Threshold } from '../../model/input/threshold.ts';
import type { EventRecord, MetaRecord, TimelineRecord } from '../../model/timeline/sample.ts';
import { thresholdCrossed } from '../../report/wording/threshold.ts';
import { decodeValues } from '../../timeline/recorded-values.ts';

const CHECK_INTERVAL_MS = 1000; // latencies arrive once per second

interface Watched extends Threshold {
  readonly selector: Selector;
  readonly parsed: Expression;
}

/** Why the load need not go on: a threshold that was crossed and what was observed, or packets that the gateway's table dropped. */
export type Stop = Pick<EventRecord, 'detail' | 'threshold'> & { readonly name: 'threshold-crossed' | 'table-dropped' };

/** Seconds of load after the first drop: enough attempts meet the full table to tell whether drops and retransmissions agree. */
const EVIDENCE_SECONDS = 1;
/** What shows that a drop was one of this load's: a gateway that others use drops theirs, too. */
const RETRANSMITTED: Selector = { name: 'tcp_syn_retrans', tags: {} };

/**
 * Checks while the load runs whether it has to end: by a threshold with `abortOnFail`, or where its outcome is certain, if that is
 * all that is wanted. Without any of these it keeps nothing.
 */
export class StopMonitor implements Disposable {
  /** Resolves with the first reason, of a threshold after its delay. */
  readonly reached: Promise<Stop>;
  readonly #watched: readonly Watched[];
  readonly #untilCertain: boolean;
  #firstDrop: number | undefined;
  readonly #collector: MetricCollector;
  readonly #actions: DoneAction[] = [];
  readonly #table: GatewayFold;
  #resolve: (stop: Stop) => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  /** @param untilCertain whether the load ends when its outcome is certain */
  constructor(meta: Pick<MetaRecord, 'scenario' | 'lab' | 'environment'>, untilCertain = false) {
    const all = (meta.scenario.thresholds ?? []).flatMap(watched);
    this.#watched = all.filter(({ abortOnFail, parsed }) => abortOnFail || (untilCertain && onlyWorsens(parsed)));
    this.#untilCertain = untilCertain;
    this.#collector = new MetricCollector(meta);
    this.#table = new GatewayFold(meta);
    this.reached = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  record(record: TimelineRecord): void {
    if (!this.#watches) return;
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
      case 'event':
        this.#actions.push(...actionsIn([record]));
        this.#table.act(this.#actions);
        break;
      case 'conntrack': {
        const sample = this.#table.add(record);
        if (sample !== undefined) this.#collector.sample(sample, sample.capacity);
        if (sample !== undefined && sample.drop > 0) this.#firstDrop ??= sample.t;
        break;
      }
    }
  }

  latency({ flood, phase, data }: { readonly flood: string; readonly phase: string; readonly data: string }): void {
    if (this.#watched.length > 0) this.#collector.latency(flood, phase, decodeValues(data));
  }

  /** Checks once per second while there is load to stop. `now` and `until` are seconds since the start of the load. */
  start(now: () => number, until: number): void {
    if (!this.#watches) return;
    this.#timer = setInterval(() => {
      if (now() < until) this.check(now());
    }, CHECK_INTERVAL_MS);
  }

  check(seconds: number): void {
    if (
      this.#untilCertain &&
      this.#firstDrop !== undefined &&
      seconds >= this.#firstDrop + EVIDENCE_SECONDS &&
      this.#isFelt(seconds)
    ) {
      this.#resolve({
        name: 'table-dropped',
        detail: `the gateway's table dropped packets from ${secondsText(this.#firstDrop)} on`,
      });
      return;
    }
    for (const { metric, expression, parsed, selector, delayAbortEvalSeconds } of this.#watched) {
      if (seconds <= delayAbortEvalSeconds) continue;
      const value = observed(parsed, this.#collector.read(selector, seconds, [parsed.aggregation]));
      if (value === null || holds(parsed, value)) continue;
      const threshold = { metric, expression, observed: value };
      this.#resolve({ name: 'threshold-crossed', detail: thresholdCrossed(threshold), threshold });
      return;
    }
  }

  #isFelt(seconds: number): boolean {
    return (this.#collector.read(RETRANSMITTED, seconds, ['count'])['count'] ?? 0) > 0;
  }

  get #watches(): boolean {
    return this.#untilCertain || this.#watched.length > 0;
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
