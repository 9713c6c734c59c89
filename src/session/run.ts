import { randomBytes } from 'node:crypto';
import { chooseDriver, createLab } from '../lab/create.ts';
import { reachExternal } from '../lab/external.ts';
import type { AnyLab, Lab } from '../lab/lab.ts';
import { machineFacts } from '../load/sizing/machine.ts';
import { requireResources } from '../load/sizing/preflight.ts';
import { placeText } from '../model/input/external.ts';
import { type ExternalScenario, isExternal, type Scenario } from '../model/input/scenario.ts';
import type { Capacity } from '../model/timeline/capacity.ts';
import { messageOf, throwIfAborted } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Interrupts } from './measure/interrupts.ts';
import { ProcessSet } from './measure/process-set.ts';
import type { RunRequest, RunResult } from './measure/request.ts';
import type { RunOutcome } from './measure/run-outcome.ts';
import { openResults, resultsFolder } from './results/results.ts';

/**
 * One run, whole: folder, lab, load, teardown, then the summary from what was recorded.
 * @throws {CtloadError} when the run could not take place (100, 104, 105, 112); nothing is left behind then.
 */
export async function runScenario(request: RunRequest, interrupts: Interrupts): Promise<RunResult> {
  const { scenario, resolved } = request.loaded;
  const startedAt = new Date();
  const runId = randomBytes(3).toString('hex');
  const folder = resultsFolder(scenario.name, startedAt, request.output);
  openResults(folder, resolved);

  const { log } = request;
  const [lab, { recordRun }] = await Promise.all([
    isExternal(scenario) ? reach(scenario, log) : standUp(scenario, request, runId, interrupts),
    import('./measure/record.ts'),
  ]);
  let ending: RunOutcome;
  try {
    ending = await recordRun(lab, { ...request, lastInLab: true }, { runId, startedAt, folder }, interrupts);
  } catch (error) {
    await tearDownLab(lab, request.log); // the first error is the one to show
    throw error;
  }
  const teardownError = await tearDownLab(lab, request.log);
  throwIfAborted(interrupts.immediate, `what was recorded until then can be reported: ctload report ${folder}`);
  const { deriveReport, writeReports } = await import('./results/derive.ts');
  const report = deriveReport(folder);
  writeReports(folder, report);
  return { report, folder, interrupted: ending.outcome === 'interrupted', teardownError };
}

/** Builds the lab of a run, saying so, and calls up its staff meanwhile. @throws {CtloadError} as createLab. */
export async function standUp(
  scenario: Scenario,
  { log, listing = true }: Pick<RunRequest, 'log' | 'listing'>,
  runId: string,
  interrupts: Interrupts,
): Promise<Lab> {
  const { dataplane, conntrack } = scenario.gateway;
  // An entry each where connections are tracked: no more can be held, whatever the floods want.
  requireResources(
    scenario.floods,
    machineFacts(),
    dataplane === 'iptables' || dataplane === 'nftables' ? conntrack.max : Infinity,
  );
  const { driver, why } = await chooseDriver(scenario.lab.driver);
  const because = scenario.lab.driver === 'auto' ? ` (${why})` : '';
  log.info(`building the lab: ${driver}${because}, ${describePlan(scenario)}`);
  const udp = scenario.floods.some(({ kind }) => kind === 'udp');
  const staff = new ProcessSet();
  try {
    const lab = await createLab(driver, {
      runId,
      gateway: scenario.gateway,
      udp,
      log,
      signal: interrupts.graceful,
      onHosts: (hosts) => staff.prestart(hosts, scenario, listing),
    });
    log.info(`lab is up: ${describeCapacity(lab.capacity)}; starting the load`);
    return staff.join(lab);
  } catch (error) {
    await staff[Symbol.asyncDispose]();
    throw error;
  }
}

/** Finds a gateway that stands already, saying so. @throws {CtloadError} as reachExternal. */
async function reach({ lab: spec, floods }: ExternalScenario, log: Log): Promise<AnyLab> {
  const targets = spec.target.length === 1 ? '1 target' : `${spec.target.length} targets`;
  const from = spec.client === 'host' ? '' : ` from ${placeText(spec.client)}`;
  log.info(`external gateway: ${targets}${from}, floods ${floods.map(({ name }) => name).join(', ')}`);
  const lab = await reachExternal(spec);
  log.info(`${describeCapacity(lab.capacity)}; starting the load`);
  return lab;
}

function describePlan({ gateway, floods }: Scenario): string {
  const { dataplane, conntrack } = gateway;
  return `${dataplane} gateway with ${conntrack.max} conntrack entries, floods ${floods.map(({ name }) => name).join(', ')}`;
}

function describeCapacity({ effectiveMax, method, why }: Capacity): string {
  return method === 'unknown' ? `capacity unknown: ${why}` : `${effectiveMax} entries by ${method} (${why})`;
}

/** Undoes the lab; an error is told at once and given back, for the report still has to be written. */
export async function tearDownLab(lab: AnyLab, log: Log): Promise<unknown> {
  try {
    await lab[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    log.warn(`teardown: ${messageOf(error)}`);
    return error;
  }
}
