import { FitSearch } from '../analysis/search/fit-search.ts';
import { limitDecidedBy } from '../analysis/search/limit-decided.ts';
import { type Answer, Search } from '../analysis/search/search.ts';
import { FIND_DEFAULTS, type FindSpec } from '../model/input/find-spec.ts';
import type { FindReport, FormulaReport, TrialReport } from '../model/result/find.ts';
import { monotonic } from '../platform/clock.ts';
import { VERSION } from '../platform/version.ts';
import { searchEndText } from '../report/wording/search.ts';
import { textbookRate } from '../sizing/formula.ts';
import type { Interrupts } from './measure/interrupts.ts';
import { FIND_FILE, resultsFolder, writeReport } from './results/results.ts';
import { planConnections } from './search/connections-plan.ts';
import { planTrials, type ScenarioLoader } from './search/trial-plan.ts';
import { type TrialSetting, Trials } from './search/trials.ts';

export interface FindRequest extends Omit<TrialSetting, 'folder' | 'longestSeconds'> {
  readonly load: ScenarioLoader;
  /** What to search for: the highest value of a variable that holds, or how many connections fit. */
  readonly goal: 'variable' | 'connections';
  /** Before the scenario's own `find.variable`. */
  readonly variable: string | undefined;
  readonly output: string | undefined;
  onTrial?(trial: TrialReport): void;
}

export interface FindResult {
  readonly report: FindReport;
  readonly folder: string;
  /** What teardown could not remove; the report was written all the same. */
  readonly teardownError: unknown;
}

/**
 * One search, whole: trials in one lab until the answer is confirmed, teardown, find.json.
 * @throws {CtloadError} when it could not take place (100, 104, 112).
 */
export async function findLimit(request: FindRequest, interrupts: Interrupts): Promise<FindResult> {
  const { scenario } = request.load([]);
  const variable = request.variable ?? scenario.find?.variable;
  const spec: FindSpec = { ...FIND_DEFAULTS, ...scenario.find, ...(variable === undefined ? {} : { variable }) };
  const startedAt = new Date();
  const began = monotonic();
  const folder = resultsFolder(`find-${scenario.name}`, startedAt, request.output);
  const quest = request.goal === 'connections' ? fitQuest(request.load, spec) : limitQuest(request.load, spec);
  const longestSeconds = Math.max(spec.measuringPeriodSeconds, spec.confirmPeriodSeconds);
  const trials = new Trials({ ...request, folder, longestSeconds }, interrupts, quest.rebuilds);
  let answer: Answer | undefined;
  let teardownError: unknown;
  try {
    answer = await quest.pursue(trials, request.onTrial?.bind(request));
  } catch (error) {
    if (!interrupts.graceful.aborted) throw error;
  } finally {
    teardownError = await trials.end();
  }
  const end = ending(answer, trials.reports);
  const report: FindReport = {
    schema: 'ctload/find@1',
    startedAt: startedAt.toISOString(),
    durationSeconds: Number((monotonic() - began).toFixed(3)),
    version: VERSION,
    command: request.command,
    scenario: { name: scenario.name, description: scenario.description },
    variable: quest.variable,
    search: spec,
    conntrack: trials.conntrack,
    ...end,
    limitDecidedBy: limitDecidedBy(trials.reports, end.best),
    formula: quest.formula(trials.reports),
    trials: trials.reports,
  };
  writeReport(folder, FIND_FILE, report);
  return { report, folder, teardownError };
}

/** @param answer undefined when a signal ended the search. */
function ending(
  answer: Answer | undefined,
  trials: readonly TrialReport[],
): Pick<FindReport, 'outcome' | 'answer' | 'best' | 'why'> {
  if (answer === undefined)
    return { outcome: 'aborted', answer: null, best: bestOf(trials), why: searchEndText({ code: 'aborted' }) };
  const { kind } = answer;
  if (kind === 'converged') return { outcome: kind, answer: answer.value, best: answer.value, why: '' };
  return { outcome: kind, answer: null, best: answer.best, why: searchEndText(answer.why) };
}

interface Quest {
  readonly variable: string;
  readonly rebuilds: boolean;
  pursue(trials: Trials, onTrial: FindRequest['onTrial']): Promise<Answer>;
  formula(reports: readonly TrialReport[]): FormulaReport | null;
}

function limitQuest(load: ScenarioLoader, spec: FindSpec): Quest {
  const plan = planTrials(load, spec);
  return {
    variable: plan.variable,
    rebuilds: plan.rebuilds,
    async pursue(trials, onTrial) {
      const search = new Search({ ...spec, initialValue: plan.initialValue, bases: plan.bases, whole: plan.whole }, monotonic);
      for (let step = search.next(); ; step = search.next()) {
        if (step.kind !== 'trial') return step;
        const { value, confirm } = step;
        const seconds = confirm ? spec.confirmPeriodSeconds : spec.measuringPeriodSeconds;
        const { report, judgement } = await trials.run({ ...step, scenario: () => plan.trial(value, seconds) });
        onTrial?.(report);
        search.record(judgement);
      }
    },
    formula: (reports) => formulaOf(load, plan.variable, reports),
  };
}

function fitQuest(load: ScenarioLoader, spec: FindSpec): Quest {
  const plan = planConnections(load, spec);
  return {
    variable: plan.variable,
    rebuilds: false,
    async pursue(trials, onTrial) {
      const search = new FitSearch({ ...spec, initialValue: plan.initialValue }, monotonic);
      for (let step = search.next(); ; step = search.next()) {
        if (step.kind !== 'trial') return step;
        const { value, confirm } = step;
        const { report, judgement } = await trials.run({ ...step, scenario: () => plan.trial(value, confirm) });
        onTrial?.(report);
        search.record(judgement, report.peakOpen ?? 0);
      }
    },
    formula: () => null,
  };
}

/** For the rate of a flood, what the rule of thumb gives. */
function formulaOf(load: ScenarioLoader, variable: string, reports: readonly TrialReport[]): FormulaReport | null {
  const flood = /^floods\.([^.]+)\.rate$/.exec(variable)?.[1];
  const textbook = flood === undefined ? undefined : textbookRate(load([]).scenario, flood);
  if (textbook === undefined) return null;
  const confirmed = reports.findLast(({ confirm, outcome }) => confirm && outcome === 'held');
  const alone = load([]).scenario.floods.length === 1 && load([]).scenario.gateway.conntrack.prefill === 0;
  const counted = confirmed?.peakEntries == null || !alone ? null : confirmed.peakEntries / confirmed.value;
  return { ...textbook, countedSeconds: counted };
}

function bestOf(reports: readonly TrialReport[]): number | null {
  const held = reports.filter(({ outcome }) => outcome === 'held').map(({ value }) => value);
  return held.length === 0 ? null : Math.max(...held);
}
