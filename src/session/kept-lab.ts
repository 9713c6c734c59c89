import { isDeepStrictEqual } from 'node:util';
import { restoreBaseline } from '../lab/host/baseline.ts';
import { type AnyLab, isExistingLab } from '../lab/lab.ts';
import { type AnyScenario, isExisting, isExternal, isKubernetes, type Scenario } from '../model/input/scenario.ts';
import type { Log } from '../platform/log.ts';
import { ballastEffects, isFaithful } from '../sizing/ballast.ts';
import { deploy, type LabSession, reach, type StandUpOptions, standUp, tearDownLab } from './lab-session.ts';
import { ProcessSet } from './measure/process-set.ts';
import type { RunPlan } from './measure/run-plan.ts';

/** The lab of runs one after the other: built for the first of them, brought back to its baseline for the next. */
export class KeptLab {
  readonly #log: Log;
  #lab: AnyLab | undefined;
  #capacity: AnyLab['capacity'] | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** The table of the last lab; undefined before the first. */
  get capacity(): AnyLab['capacity'] | undefined {
    return this.#capacity;
  }

  /**
   * The lab that was kept, or else a new one, and the processes of the next run.
   * @throws {CtloadError} as standUp, reach, deploy and restoreBaseline.
   */
  async standing(scenario: AnyScenario, plan: RunPlan, options: StandUpOptions): Promise<LabSession> {
    const lab = this.#lab;
    if (lab !== undefined && !isExistingLab(lab)) {
      await restoreBaseline(lab, options.interrupts.graceful);
      return { lab, processes: new ProcessSet(lab, plan) };
    }
    const session = await newLab(scenario, plan, options);
    this.#lab = session.lab;
    this.#capacity = session.lab.capacity;
    return session;
  }

  /** Takes the lab down; what could not be removed is logged and returned. */
  async end(): Promise<unknown> {
    const lab = this.#lab;
    this.#lab = undefined;
    return lab === undefined ? undefined : await tearDownLab(lab, this.#log);
  }
}

function newLab(scenario: AnyScenario, plan: RunPlan, options: StandUpOptions): Promise<LabSession> {
  if (isExternal(scenario)) return reach(scenario, plan, options.log);
  return isKubernetes(scenario) ? deploy(scenario, plan, options) : standUp(scenario, plan, options);
}

/**
 * Whether the lab of one run, brought back to its baseline, is the lab of the other: they differ in nothing but the load. Not where
 * more than the table remembers the load before (IPVS's list, counters in the user's rules), or the load brings more than its floods
 * to the lab (actions, further source addresses).
 */
export function sharesLab(one: AnyScenario, other: AnyScenario): boolean {
  if (isExisting(one) || isExisting(other)) return false;
  return [one, other].every(leavesOnlyEntries) && isDeepStrictEqual(needsOf(one), needsOf(other));
}

function leavesOnlyEntries({ gateway, floods, actions = [] }: Scenario): boolean {
  const plain = gateway.dataplane !== 'ipvs' && gateway.rules === undefined && actions.length === 0;
  return plain && floods.every(({ kind, sources }) => kind !== 'half-open' && sources === undefined);
}

/** What createLab makes of a scenario. */
function needsOf(scenario: Scenario): unknown {
  const { lab, gateway, floods } = scenario;
  return { lab, gateway, udp: floods.some(({ kind }) => kind === 'udp'), faithful: isFaithful(ballastEffects(scenario)) };
}
