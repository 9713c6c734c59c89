import type { LatencyLog } from './latency.ts';
import type { RunSeries } from './series.ts';
import type { Summary } from './summary.ts';

/** Everything a report may show of one run: a pure function of the files in its folder. */
export interface RunReport {
  readonly summary: Summary;
  readonly latency: LatencyLog;
  /** Text of `scenario.resolved.yaml`; null when the folder has none. */
  readonly scenario: string | null;
  /** The run over time. */
  readonly series: RunSeries;
}

/** Names of the files that a run's folder gets in addition to its recording. */
export const REPORT_FILES = ['summary.json', 'report.html', 'report.md', 'junit.xml', 'timeline.csv', 'metrics.prom'] as const;

/** One file that a run's folder gets in addition to its recording. */
export interface Report {
  readonly file: (typeof REPORT_FILES)[number];
  /** Returns the same text for the same run, whenever and wherever it is called. */
  render(run: RunReport): string;
}
