type Unit = 'entries' | 'rate' | 'share' | 'seconds' | 'bytes';

export interface PlanMetric {
  /** Key of the plan's `limit` or `load`. */
  readonly key: string;
  readonly unit: Unit;
  /** Whether it says something only of a plan with a load. */
  readonly ofLoad: boolean;
}

/** What `--require` can be about. */
export const PLAN_METRICS = {
  limit: { key: 'max', unit: 'entries', ofLoad: false },
  buckets: { key: 'buckets', unit: 'entries', ofLoad: false },
  memory: { key: 'memoryBytes', unit: 'bytes', ofLoad: false },
  entries: { key: 'entries', unit: 'entries', ofLoad: true },
  peak_entries: { key: 'peakEntries', unit: 'entries', ofLoad: true },
  utilization: { key: 'utilization', unit: 'share', ofLoad: true },
  peak_utilization: { key: 'peakUtilization', unit: 'share', ofLoad: true },
  safe_rate: { key: 'safeRate', unit: 'rate', ofLoad: true },
  new_entries: { key: 'newEntriesPerSecond', unit: 'rate', ofLoad: true },
  time_to_full: { key: 'timeToFullSeconds', unit: 'seconds', ofLoad: true },
  recovery: { key: 'headroomBackSeconds', unit: 'seconds', ofLoad: true },
  drop_share: { key: 'dropShareWhenFull', unit: 'share', ofLoad: true },
} as const satisfies Readonly<Record<string, PlanMetric>>;

export type PlanMetricName = keyof typeof PLAN_METRICS;

export const PLAN_METRIC_NAMES = Object.keys(PLAN_METRICS) as PlanMetricName[];
