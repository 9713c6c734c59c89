import type { RunReport } from '../../model/result/report.ts';
import type { Log } from '../../platform/log.ts';
import type { LoadedAnyScenario } from '../../scenario/load.ts';
import type { AlertRequest } from '../alerts/evaluate.ts';
import type { Progress } from './progress.ts';

/** Progress of a run, for the live view. */
export interface Status extends Progress {
  /** `interrupted` and `stopping`: the load ends early, after a signal or for another reason; what it has begun is awaited. */
  readonly phase: 'load' | 'draining' | 'interrupted' | 'stopping';
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
  /** True when this is the last run in the lab, whose hosts can then be disconnected to end at once; false when absent. */
  readonly lastInLab?: boolean;
  /** The user's alerting rules to evaluate over the run. */
  readonly alertRules?: AlertRequest | undefined;
  /** Called four times per second while the load runs; absent without a live view. */
  onStatus?(status: Status): void;
  /** Called once when the load and its drain are over. */
  onLoadEnd?(): void;
}

export interface RunResult {
  readonly report: RunReport;
  readonly folder: string;
  readonly interrupted: boolean;
  /** The error of the teardown, if any; the report was written regardless. */
  readonly teardownError: unknown;
}
