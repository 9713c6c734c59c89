import { randomBytes } from 'node:crypto';
import { machineOf } from '../load/sizing/machine.ts';
import { throwIfAborted } from '../platform/errors.ts';
import { KeptLab } from './kept-lab.ts';
import type { Interrupts } from './measure/interrupts.ts';
import type { RunRequest, RunResult } from './measure/request.ts';
import type { RunOutcome } from './measure/run-outcome.ts';
import { planRun } from './measure/run-plan.ts';
import { openResults, resultsFolder } from './results/results.ts';

/** The lab that a run is in, where it is not for this run alone. */
export interface SharedLab {
  readonly labs: KeptLab;
  /** Whether the next run is in the same lab: it is left standing then. */
  readonly keeps: boolean;
}

/**
 * One complete run: folder, lab, load, teardown, then the summary of what was recorded.
 * @throws {CtloadError} when the run could not take place (100, 104, 105, 112); nothing is left behind then.
 */
export async function runScenario(request: RunRequest, interrupts: Interrupts, shared?: SharedLab): Promise<RunResult> {
  const { scenario, resolved } = request.loaded;
  const startedAt = new Date();
  const runId = randomBytes(3).toString('hex');
  const folder = resultsFolder(scenario.name, startedAt, request.output);
  openResults(folder, resolved);

  const { log } = request;
  const plan = planRun(scenario, machineOf(scenario), request.listing);
  const { labs, keeps } = shared ?? { labs: new KeptLab(log), keeps: false };
  const [session, { recordRun }] = await Promise.all([
    labs.standing(scenario, plan, { runId, log, interrupts }),
    import('./measure/record.ts'),
  ]);
  let outcome: RunOutcome;
  const onLoadEnd = () => {
    request.onLoadEnd?.();
    void import('./results/derive.ts').catch(() => {}); // loads while the last readings are waited for; asked for again below
  };
  try {
    outcome = await recordRun(session, { ...request, onLoadEnd, lastInLab: !keeps }, { runId, startedAt, folder }, interrupts);
  } catch (error) {
    await labs.end(); // the first error is the one to show
    throw error;
  }
  const teardownError = keeps && outcome.outcome !== 'failed' ? undefined : await labs.end();
  throwIfAborted(interrupts.immediate, `what was recorded can still be reported: ctload report ${folder}`);
  if (request.alertRules !== undefined) {
    const { evaluateAlertRules } = await import('./alerts/evaluate.ts');
    await evaluateAlertRules(folder, request.alertRules);
  }
  const { deriveReport, writeReports } = await import('./results/derive.ts');
  const report = deriveReport(folder);
  writeReports(folder, report);
  return { report, folder, interrupted: outcome.outcome === 'interrupted', teardownError };
}
