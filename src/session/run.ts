import { randomBytes } from 'node:crypto';
import { machineFacts } from '../load/sizing/machine.ts';
import { isExternal } from '../model/input/scenario.ts';
import { throwIfAborted } from '../platform/errors.ts';
import { reach, standUp, tearDownLab } from './lab-session.ts';
import type { Interrupts } from './measure/interrupts.ts';
import type { RunRequest, RunResult } from './measure/request.ts';
import type { RunOutcome } from './measure/run-outcome.ts';
import { planRun } from './measure/run-plan.ts';
import { openResults, resultsFolder } from './results/results.ts';

/**
 * One complete run: folder, lab, load, teardown, then the summary of what was recorded.
 * @throws {CtloadError} when the run could not take place (100, 104, 105, 112); nothing is left behind then.
 */
export async function runScenario(request: RunRequest, interrupts: Interrupts): Promise<RunResult> {
  const { scenario, resolved } = request.loaded;
  const startedAt = new Date();
  const runId = randomBytes(3).toString('hex');
  const folder = resultsFolder(scenario.name, startedAt, request.output);
  openResults(folder, resolved);

  const { log } = request;
  const plan = planRun(scenario, machineFacts(), request.listing);
  const [session, { recordRun }] = await Promise.all([
    isExternal(scenario) ? reach(scenario, plan, log) : standUp(scenario, plan, { runId, log, interrupts }),
    import('./measure/record.ts'),
  ]);
  let outcome: RunOutcome;
  try {
    outcome = await recordRun(session, { ...request, lastInLab: true }, { runId, startedAt, folder }, interrupts);
  } catch (error) {
    await tearDownLab(session.lab, log); // the first error is the one to show
    throw error;
  }
  const teardownError = await tearDownLab(session.lab, log);
  throwIfAborted(interrupts.immediate, `what was recorded can still be reported: ctload report ${folder}`);
  const { deriveReport, writeReports } = await import('./results/derive.ts');
  const report = deriveReport(folder);
  writeReports(folder, report);
  return { report, folder, interrupted: outcome.outcome === 'interrupted', teardownError };
}
