import { join } from 'node:path';
import { onOutsideGone } from '../../lab/reentry.ts';
import type { Verification } from '../../model/result/plan/plan.ts';
import { stderrLog } from '../../platform/log.ts';
import { createLiveView } from '../../report/live/live.ts';
import { Interrupts } from '../../session/measure/interrupts.ts';
import { compareTrial, type VerificationRun } from '../../session/planning/verify.ts';
import { runScenario } from '../../session/run.ts';
import { teardownError } from '../teardown.ts';

export interface TrialOptions {
  /** The plan's folder; the run is written below it. */
  readonly output: string | undefined;
  readonly quiet: boolean;
  readonly command: string;
  readonly color: { readonly stderr: boolean };
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs the load of a plan, scaled down, and compares predicted with measured values.
 * @throws {CtloadError} as runScenario; exit 101 when teardown was incomplete.
 */
export async function runTrial(
  trial: VerificationRun,
  { output, quiet, command, color, environment = {} }: TrialOptions,
): Promise<{ readonly verification: Verification; readonly interrupted: boolean }> {
  using interrupts = new Interrupts();
  onOutsideGone(() => interrupts.raiseImmediate());
  const view = quiet ? undefined : createLiveView(process.stderr, { color: color.stderr, environment });
  const request = {
    loaded: trial.loaded,
    output: output === undefined ? undefined : join(output, 'verify'),
    command,
    log: stderrLog(quiet),
    ...(view === undefined ? {} : { onStatus: view.update.bind(view), onLoadEnd: view.close.bind(view) }),
  };
  const result = await runScenario(request, interrupts).finally(() => view?.close());
  if (result.teardownError !== undefined) throw teardownError(result.teardownError);
  return { verification: compareTrial(trial, result.report.summary, result.folder), interrupted: result.interrupted };
}
