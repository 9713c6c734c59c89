import { type AttemptCounts, addAttempts, type FailureCause, noAttempts, type Phase } from '../../model/timeline/attempt.ts';
import { TICK_SECONDS } from '../../model/timeline/sample.ts';
import type { GaugeCount, HistogramSlice, LoadCount } from '../protocol/messages.ts';
import type { Attempt } from './attempt.ts';
import { PhaseHistograms } from './histograms.ts';

type Counter = Exclude<keyof AttemptCounts, 'failed'>;

/** Causes that stand for many statuses or errors. */
const UNTOLD: ReadonlySet<FailureCause> = new Set(['other', 'http-5xx']);

interface Bucket {
  readonly counts: AttemptCounts;
  firstBadAt: number;
  readonly failedWith: Record<string, number>;
}

/** Everything one agent counts and times of one flood. */
export class FloodCounters {
  readonly flood: string;
  open = 0;
  connecting = 0;
  readonly #histograms = new PhaseHistograms();
  #buckets = new Map<number, Bucket>();
  #reported = { open: 0, connecting: 0 };

  constructor(flood: string) {
    this.flood = flood;
  }

  /**
   * Counts something that belongs to the tick in which `t` lies: an attempt's intended start, or for what happens to a held
   * socket the time it happened.
   */
  count(t: number, what: Counter): void {
    this.#bucket(t).counts[what]++;
  }

  /** @param what HTTP status or error; kept where the cause does not tell. */
  fail(attempt: Pick<Attempt, 'intended'>, cause: FailureCause, what?: string | number): void {
    const bucket = this.#bucket(attempt.intended);
    if (what !== undefined && UNTOLD.has(cause)) addTo(bucket.failedWith, { [what]: 1 });
    addAttempts(bucket.counts, { failed: { [cause]: 1 } });
    bucket.firstBadAt = Math.min(bucket.firstBadAt, attempt.intended);
  }

  /** Connected only after a SYN retransmission. */
  delayed(attempt: Attempt): void {
    const bucket = this.#bucket(attempt.intended);
    bucket.counts.delayed++;
    bucket.firstBadAt = Math.min(bucket.firstBadAt, attempt.intended);
  }

  /** Reached its goal at `now`. */
  succeed(attempt: Pick<Attempt, 'intended' | 'started'>, now: number): void {
    this.count(attempt.intended, 'succeeded');
    this.time('duration', now - attempt.intended);
    this.time('duration_uncorrected', now - attempt.started);
  }

  /** How an attempt ended at `now`: a success when there is no cause. @param what as for `fail` */
  end(attempt: Attempt, cause: FailureCause | 'interrupted' | undefined, now: number, what?: string | number): void {
    if (cause === undefined) this.succeed(attempt, now);
    else if (cause === 'interrupted') this.count(attempt.intended, 'interrupted');
    else this.fail(attempt, cause, what);
  }

  time(phase: Phase, seconds: number): void {
    this.#histograms.record(phase, seconds);
  }

  /** What was counted since the last call. */
  takeLoads(): LoadCount[] {
    const loads = [...this.#buckets].map(([bucket, { counts, firstBadAt, failedWith }]) => ({
      flood: this.flood,
      bucket,
      ...nonZero(counts),
      ...(firstBadAt === Number.POSITIVE_INFINITY ? {} : { firstBadAt }),
      ...(Object.keys(failedWith).length === 0 ? {} : { failedWith }),
    }));
    this.#buckets = new Map();
    return loads;
  }

  /** The gauge, if it changed since the last call. */
  takeGauge(): GaugeCount | undefined {
    const { open, connecting } = this;
    if (open === this.#reported.open && connecting === this.#reported.connecting) return undefined;
    this.#reported = { open, connecting };
    return { flood: this.flood, open, connecting };
  }

  /** The histograms of the time since the last call, empty ones left out. */
  takeSlices(): HistogramSlice[] {
    return this.#histograms.take().map((slice) => ({ flood: this.flood, ...slice }));
  }

  #bucket(t: number): Bucket {
    const key = tickOf(t);
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { counts: noAttempts(), firstBadAt: Number.POSITIVE_INFINITY, failedWith: {} };
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}

/** The tick `t` lies in; a time on the grid belongs to the tick that begins there, whatever binary fractions make of it. */
export function tickOf(t: number): number {
  return Math.floor(t / TICK_SECONDS + 1e-6);
}

/** The keys of `counts` that are not 0. */
export function nonZero(counts: AttemptCounts): Partial<AttemptCounts> {
  const { failed, ...numbers } = counts;
  const rest = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0));
  return Object.keys(failed).length === 0 ? rest : { ...rest, failed };
}

/** Adds the numbers of `more` to those of `sum`, in place. */
export function addTo(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
}
