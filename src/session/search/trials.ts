import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Proposal } from '../../analysis/search/search.ts';
import { judgeTrial, type TrialJudgement } from '../../analysis/search/trial.ts';
import { machineOf } from '../../load/sizing/machine.ts';
import { loadSeconds } from '../../model/input/scenario.ts';
import type { TrialWhy } from '../../model/result/campaign/search-end.ts';
import type { FindReport, TrialReport } from '../../model/result/find.ts';
import type { Judgement } from '../../model/result/summary.ts';
import { monotonic } from '../../platform/clock.ts';
import { CtloadError, throwIfAborted } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Log } from '../../platform/log.ts';
import { tryingLine } from '../../report/wording/find.ts';
import { trialWhyText } from '../../report/wording/search.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { KeptLab } from '../kept-lab.ts';
import type { LabSession } from '../lab-session.ts';
import type { Interrupts } from '../measure/interrupts.ts';
import { recordRun } from '../measure/record.ts';
import type { RunRequest } from '../measure/request.ts';
import { planRun, type RunPlan } from '../measure/run-plan.ts';
import { deriveRun, writeReports } from '../results/derive.ts';
import { openResults, TRIALS_FOLDER } from '../results/results.ts';

/** What the trials of one search have in common. */
export interface TrialSetting {
  /** Folder of the search; trials go into `trials/` below it. */
  readonly folder: string;
  readonly command: string;
  readonly log: Log;
  /** Seconds that the longest trial may last: the lab has to be faithful for it. */
  readonly longestSeconds: number;
  /** A view of the trial in progress; undefined when none is shown. */
  watch(): Pick<RunRequest, 'onStatus' | 'onLoadEnd'> | undefined;
}

export interface Trial extends Proposal {
  /** @throws {CtloadError} exit 104 when the value is not valid. */
  scenario(): LoadedScenario;
}

/** What a trial leaves: its report, and the judgement that a search goes on from. */
export interface TrialResult {
  readonly report: TrialReport;
  readonly judgement: TrialJudgement;
}

/** Runs trials one after the other in one lab, each from the same baseline, and keeps every one as a normal run folder. */
export class Trials {
  readonly #setting: TrialSetting;
  readonly #interrupts: Interrupts;
  readonly #labPerTrial: boolean;
  readonly #reports: TrialReport[] = [];
  readonly #labs: KeptLab;

  /** @param labPerTrial when the trials differ in what the lab is made of. */
  constructor(setting: TrialSetting, interrupts: Interrupts, labPerTrial: boolean) {
    this.#setting = setting;
    this.#interrupts = interrupts;
    this.#labPerTrial = labPerTrial;
    this.#labs = new KeptLab(setting.log);
  }

  get reports(): readonly TrialReport[] {
    return this.#reports;
  }

  /** The table of the last lab; null before the first. */
  get conntrack(): FindReport['conntrack'] {
    const { capacity } = this.#labs;
    if (capacity === undefined) return null;
    const { effectiveMax, method, buckets, prefilled } = capacity;
    return { effectiveMax, method, buckets, prefilled };
  }

  /**
   * Runs one trial.
   * @throws {CtloadError} exit 105 once a signal has come; else as runScenario.
   */
  async run(trial: Trial): Promise<TrialResult> {
    const number = this.#reports.length + 1;
    const about = { number, value: trial.value, confirm: trial.confirm, choice: trial.choice };
    const loaded = validScenario(trial);
    if (typeof loaded === 'string') {
      const why: TrialWhy = { code: 'invalid-value', message: loaded };
      return this.#add(
        { ...about, seconds: 0, ...NOTHING_RAN },
        { kind: 'out-of-reach', why, decided: { by: 'value', threshold: null } },
      );
    }
    const name = join(TRIALS_FOLDER, `${String(number).padStart(2, '0')}-${trial.value}`);
    const summary = await this.#measure(loaded, join(this.#setting.folder, name), about);
    const ran = {
      peakEntries: summary.conntrack.peakEntries,
      drop: summary.conntrack.drop,
      peakOpen: Object.values(summary.floods).reduce((sum, { peakOpen }) => sum + peakOpen, 0),
      folder: name,
    };
    return this.#add({ ...about, seconds: loadSeconds(loaded.scenario.floods), ...ran }, judgeTrial(summary));
  }

  /** Takes the lab down; what could not be removed is logged and returned. */
  async end(): Promise<unknown> {
    return await this.#labs.end();
  }

  async #measure(
    loaded: LoadedScenario,
    folder: string,
    about: Pick<TrialReport, 'number' | 'value' | 'choice'>,
  ): Promise<Judgement> {
    const { log, command } = this.#setting;
    const run = { runId: randomBytes(3).toString('hex'), startedAt: new Date(), folder };
    const request: RunRequest = {
      loaded,
      output: folder,
      command,
      log,
      listing: false,
      lastInLab: this.#labPerTrial,
      ...this.#setting.watch(),
    };
    openResults(folder, loaded.resolved);
    const plan = planRun(loaded.scenario, machineOf(loaded.scenario), request.listing);
    const since = monotonic();
    const session = await this.#standing(loaded, plan, run.runId);
    const newLab = this.#labPerTrial || about.number === 1;
    log.info(tryingLine(about, { newLab, readySeconds: monotonic() - since, loadSeconds: loadSeconds(loaded.scenario.floods) }));
    try {
      await recordRun(session, request, run, this.#interrupts);
    } finally {
      request.onLoadEnd?.();
    }
    throwIfAborted(this.#interrupts.graceful);
    const { judgement, report } = deriveRun(folder);
    writeReports(folder, report);
    return judgement;
  }

  /** The existing lab at its baseline, or a new one, and the processes of the next run. */
  async #standing({ scenario }: LoadedScenario, plan: RunPlan, runId: string): Promise<LabSession> {
    if (this.#labPerTrial) await this.end();
    return await this.#labs.standing(scenario, plan, {
      runId,
      log: this.#setting.log,
      interrupts: this.#interrupts,
      longestSeconds: Math.max(loadSeconds(scenario.floods), this.#setting.longestSeconds),
    });
  }

  #add(ran: Omit<TrialReport, 'outcome' | 'decided' | 'why'>, judgement: TrialJudgement): TrialResult {
    const { number, value, confirm, choice, seconds, ...measured } = ran;
    const { kind: outcome, why, decided } = judgement;
    const report = { number, value, confirm, choice, seconds, outcome, decided, why: trialWhyText(why), ...measured };
    this.#reports.push(report);
    return { report, judgement };
  }
}

const NOTHING_RAN = { peakEntries: null, drop: null, peakOpen: null, folder: null } as const;

/** The scenario, or why the value is not a valid one. */
function validScenario(trial: Trial): LoadedScenario | string {
  try {
    return trial.scenario();
  } catch (error) {
    if (error instanceof CtloadError && error.exitCode === ExitCode.invalidScenario) return error.message.split('\n')[0] ?? '';
    throw error;
  }
}
