import { randomBytes } from 'node:crypto';
import { machineOf } from '../load/sizing/machine.ts';
import { type AnyScenario, isExternal, isKubernetes } from '../model/input/scenario.ts';
import { throwIfAborted } from '../platform/errors.ts';
import { deploy, type LabSession, reach, type StandUpOptions, standUp, tearDownLab } from './lab-session.ts';
import type { Interrupts } from './measure/interrupts.ts';
import type { RunRequest, RunResult } from './measure/request.ts';
import type { RunOutcome } from './measure/run-outcome.ts';
import { planRun, type RunPlan } from './measure/run-plan.ts';
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
  const plan = planRun(scenario, machineOf(scenario), request.listing);
  const [session, { recordRun }] = await Promise.all([
    labFor(scenario, plan, { runId, log, interrupts }),
    import('./measure/record.ts'),
  ]);
  let outcome: RunOutcome;
  const onLoadEnd = () => {
    request.onLoadEnd?.();
    void import('./results/derive.ts').catch(() => {}); // loads while the last readings are waited for; asked for again below
  };
  try {
    outcome = await recordRun(session, { ...request, onLoadEnd, lastInLab: true }, { runId, startedAt, folder }, interrupts);
  } catch (error) {
    await tearDownLab(session.lab, log); // the first error is the one to show
    throw error;
  }
  const teardownError = await tearDownLab(session.lab, log);
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

function labFor(scenario: AnyScenario, plan: RunPlan, options: StandUpOptions): Promise<LabSession> {
  if (isExternal(scenario)) return reach(scenario, plan, options.log);
  return isKubernetes(scenario) ? deploy(scenario, plan, options) : standUp(scenario, plan, options);
}
