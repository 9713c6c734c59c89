import { restoreBaseline } from '../lab/host/baseline.ts';
import { type AnyLab, isExistingLab } from '../lab/lab.ts';
import { type AnyScenario, isExternal, isKubernetes } from '../model/input/scenario.ts';
import type { Log } from '../platform/log.ts';
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
