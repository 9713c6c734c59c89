import type { FailureCause } from '../timeline/attempt.ts';

/** Seconds of one step of the common axis. */
export const STEP_SECONDS = 0.1;

/**
 * A run over time, for charts and tables. Step `i` is the time from `i` × 0.1 s up to the next, since the start of the load;
 * arrays by step all have `steps` items.
 */
export interface RunSeries {
  readonly steps: number;
  /** The gateway's table. */
  readonly table: TableSteps;
  /** How the table was made up, at the times it was listed. */
  readonly states: {
    readonly t: readonly number[];
    /** By state, one count a listing; the state with the most entries first. */
    readonly counts: Readonly<Record<string, readonly number[]>>;
  };
  readonly load: LoadSteps;
  /** Connect times of all floods together, one item for every interval in which something connected. */
  readonly connecting: readonly ConnectingInterval[];
  /** CPU and memory, at the times they were read. Shares of the whole machine. */
  readonly machine: {
    readonly t: readonly number[];
    /** What ctload's own processes did not use. */
    readonly gatewayCpu: readonly number[];
    readonly cpu: readonly number[];
    readonly memory: readonly number[];
  };
  readonly distribution: Distribution;
  readonly alerts: readonly AlertOutlook[];
  /** Intended start of the first attempt that was lost or connected only after a repeated SYN; null when there is none. */
  readonly firstLostAtSeconds: number | null;
}

export interface TableSteps {
  /** Fewest and most entries that a sample of the step showed; null when the step has no sample. */
  readonly entriesMin: readonly (number | null)[];
  readonly entriesMax: readonly (number | null)[];
  /** How much the kernel's counters rose, by the samples of the step. */
  readonly drop: readonly number[];
  readonly earlyDrop: readonly number[];
  readonly insertFailed: readonly number[];
}

/** Attempts of all floods by the step their *intended* start lies in, whenever they ended. */
export interface LoadSteps {
  readonly attempted: readonly number[];
  readonly succeeded: readonly number[];
  /** Only causes there were, named as in the summary; the most frequent first. */
  readonly failed: Readonly<Partial<Record<FailureCause, readonly number[]>>>;
  /** Connected only after a repeated SYN. */
  readonly delayed: readonly number[];
  /** Connections the clients had open at the end of the step. */
  readonly open: readonly number[];
}

/** Milliseconds. */
export interface ConnectingInterval {
  /** Seconds since the start of the load. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Connect times before and after the break. The interval it lies in belongs to neither. Attempts that never connected have no
 * connect time. Without a break all intervals count as `before`.
 */
export interface Distribution {
  readonly before: PercentileCurve;
  readonly after: PercentileCurve;
}

export interface PercentileCurve {
  readonly count: number;
  /** From the 0th to the 100th percentile, both ascending; empty without a count. */
  readonly points: readonly { readonly percentile: number; readonly ms: number }[];
}

/**
 * Utilization above which node-mixin's NodeHighNumberConntrackEntriesUsed fires (docs/node-mixin/alerts/alerts.libsonnet; no
 * `for`).
 */
export const ALERT_UTILIZATION = 0.75;

/** What one alerting rule would have shown, over all phases the scrapes may have relative to the load. */
export interface AlertOutlook {
  /**
   * `utilization`: entries ÷ limit > ALERT_UTILIZATION;
   * `drops`: rate(node_nf_conntrack_stat_drop) > 0, whose counter was scraped before the load, too.
   */
  readonly rule: 'utilization' | 'drops';
  readonly scrapeSeconds: number;
  /** When a scrape first shows it, with the luckiest and with the unluckiest phase that does; null when none does. */
  readonly earliestSeconds: number | null;
  readonly latestSeconds: number | null;
  /** Share of the phases that show it at all: utilization while it is recorded, drops whenever, for a counter keeps its value. */
  readonly seenShare: number;
  /** Share of the phases that show it before the first request was lost; null when none was. */
  readonly inTimeShare: number | null;
}
