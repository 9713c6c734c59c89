import type { RunReport } from '../../model/result/report.ts';
import type { Log } from '../../platform/log.ts';
import type { LoadedAnyScenario } from '../../scenario/load.ts';
import type { Progress } from './progress.ts';

/** Where a run stands, for whoever shows it. */
export interface Status extends Progress {
  readonly phase: 'load' | 'draining';
  /** Seconds since the start of the load. */
  readonly t: number;
  readonly totalSeconds: number;
  readonly max: number;
}

export interface RunRequest {
  readonly loaded: LoadedAnyScenario;
  readonly output: string | undefined;
  /** The command line, for the record. */
  readonly command: string;
  readonly log: Log;
  /** False when the table must not be listed during the load (see startProbes); true when absent. */
  readonly listing?: boolean;
  /** True when the lab is not needed any more after this run: its end may then be rough; false when absent. */
  readonly lastInLab?: boolean;
  /** Called a few times a second while the load runs; absent when nobody looks. */
  onStatus?(status: Status): void;
  /** Called once when the load and its drain are over. */
  onLoadEnd?(): void;
}

export interface RunResult {
  readonly report: RunReport;
  readonly folder: string;
  readonly interrupted: boolean;
  /** What teardown could not remove; the report was written all the same. */
  readonly teardownError: unknown;
}
