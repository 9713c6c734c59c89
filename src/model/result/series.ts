import type { ActionFacts } from '../timeline/action.ts';
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
  /** Every gateway's table by itself, where there are several; `table` has the counters of all and the entries of the first to drop. */
  readonly gateways?: readonly ({ readonly name: string } & TableSteps)[];
  /** Composition of the table, at the times at which it was listed. */
  readonly states: {
    readonly t: readonly number[];
    /** Number of entries by state, one item per listing; the state with the most entries first. */
    readonly counts: Readonly<Record<string, readonly number[]>>;
  };
  readonly load: LoadSteps;
  /** Connect times of all floods together, one item for every interval in which an attempt connected. */
  readonly connecting: readonly ConnectingInterval[];
  /** CPU and memory at the times at which they were read, as shares of the whole machine. */
  readonly machine: {
    readonly t: readonly number[];
    /** CPU of the gateway: of its own machine, or at most softirq time and the gateway's own processes. */
    readonly gatewayCpu: readonly number[];
    readonly cpu: readonly number[];
    readonly memory: readonly number[];
  };
  readonly distribution: Distribution;
  readonly alerts: readonly AlertOutlook[];
  /** When each action of the scenario was carried out, in seconds since the start of the load, and what it did. */
  readonly actions: readonly { readonly atSeconds: number; readonly action: ActionFacts }[];
  /** Scheduled start of the first attempt that failed or connected only after a SYN retransmission; null if there is none. */
  readonly firstLostAtSeconds: number | null;
}

export interface TableSteps {
  /** Lowest and highest number of entries among the samples of the step; null if the step has no sample. */
  readonly entriesMin: readonly (number | null)[];
  readonly entriesMax: readonly (number | null)[];
  /** Entries that the table takes; the larger value where an action changes it during the step. */
  readonly capacity: readonly number[];
  /** Increase of the kernel's counters during the step. */
  readonly drop: readonly number[];
  readonly earlyDrop: readonly number[];
  readonly insertFailed: readonly number[];
}

/** Attempts of all floods by the step in which they were *scheduled* to start, whenever they ended. */
export interface LoadSteps {
  readonly attempted: readonly number[];
  readonly succeeded: readonly number[];
  /** By cause, named as in the summary and only those that occurred; the most frequent first. */
  readonly failed: Readonly<Partial<Record<FailureCause, readonly number[]>>>;
  /** Attempts that connected only after a SYN retransmission. */
  readonly delayed: readonly number[];
  /** Connections that the clients held open at the end of the step. */
  readonly open: readonly number[];
}

/** Connect times of one interval, in milliseconds. */
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
 * Connect times before and after the break. The interval that contains the break belongs to neither. Attempts that never
 * connected have no connect time. Without a break, all intervals count as `before`.
 */
export interface Distribution {
  readonly before: PercentileCurve;
  readonly after: PercentileCurve;
}

export interface PercentileCurve {
  readonly count: number;
  /** From the 0th to the 100th percentile, both ascending; empty if the count is 0. */
  readonly points: readonly { readonly percentile: number; readonly ms: number }[];
}

/**
 * Utilization above which node-mixin's NodeHighNumberConntrackEntriesUsed fires (docs/node-mixin/alerts/alerts.libsonnet; no
 * `for`).
 */
export const ALERT_UTILIZATION = 0.75;

/** What one alerting rule would have shown, over all phases that the scrapes may have relative to the load. */
export interface AlertOutlook {
  /**
   * `utilization`: entries ÷ limit > ALERT_UTILIZATION; `drops`: rate(node_nf_conntrack_stat_drop) > 0, whose counter was also
   * scraped before the load.
   */
  readonly rule: 'utilization' | 'drops';
  readonly scrapeSeconds: number;
  /** When a scrape first shows it, with the best and with the worst scrape phase that does; null if none does. */
  readonly earliestSeconds: number | null;
  readonly latestSeconds: number | null;
  /**
   * Share of the scrape phases that show it at all: utilization while it is recorded, drops at any time, because a counter keeps
   * its value.
   */
  readonly seenShare: number;
  /** Share of the scrape phases that show it before the first request was lost; null if none was lost. */
  readonly inTimeShare: number | null;
}
