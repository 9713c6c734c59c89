import { bracketOf } from '../analysis/search/bracket.ts';
import { BudgetedSearch } from '../analysis/search/budget.ts';
import { FitSearch } from '../analysis/search/fit-search.ts';
import { limitDecidedBy } from '../analysis/search/limit-decided.ts';
import { type Answer, type Proposal, Search } from '../analysis/search/search.ts';
import { seconds as secondsText } from '../model/format.ts';
import type { FindSpec } from '../model/input/find-spec.ts';
import { loadSeconds } from '../model/input/scenario.ts';
import type { FindReport, FormulaReport, TrialReport } from '../model/result/find.ts';
import { monotonic } from '../platform/clock.ts';
import { CtloadError } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { VERSION } from '../platform/version.ts';
import { searchEndText } from '../report/wording/search.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { textbookRate } from '../sizing/formula.ts';
import { runCampaign } from './campaign/campaign.ts';
import type { Interrupts } from './measure/interrupts.ts';
import { FIND_FILE, resultsFolder, writeReport } from './results/results.ts';
import { planConnections } from './search/connections-plan.ts';
import { refuseActions, searchSpec } from './search/search-spec.ts';
import { planTrials, type ScenarioLoader } from './search/trial-plan.ts';
import { type TrialSetting, Trials } from './search/trials.ts';

export interface FindRequest extends Omit<TrialSetting, 'folder' | 'longestSeconds'> {
  readonly load: ScenarioLoader;
  /** What to search for: the highest value of a variable that holds, or how many connections fit. */
  readonly goal: 'variable' | 'connections';
  /** Before the scenario's own `find.variable`. */
  readonly variable: string | undefined;
  /** Seconds that the search may take, from beginning to end; undefined for as long as it needs. */
  readonly budgetSeconds?: number | undefined;
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
 * @throws {CtloadError} when it could not take place (100, 104, 112), exit 2 when not even one trial fits into the budget.
 */
export async function findLimit(request: FindRequest, interrupts: Interrupts): Promise<FindResult> {
  const { scenario } = request.load([]);
  refuseActions(scenario);
  const spec = searchSpec(scenario, request.variable);
  const startedAt = new Date();
  const began = monotonic();
  const folder = resultsFolder(`find-${scenario.name}`, startedAt, request.output);
  const quest = request.goal === 'connections' ? fitQuest(request.load, spec) : limitQuest(request.load, spec);
  const longestSeconds = Math.max(spec.measuringPeriodSeconds, spec.confirmPeriodSeconds);
  const trials = new Trials(
    { ...request, folder, longestSeconds },
    interrupts,
    quest.rebuilds || scenario.gateway.rules !== undefined || scenario.floods.some(({ sources }) => sources !== undefined),
  );
  let answer: Answer | undefined;
  let teardownError: unknown;
  try {
    answer = await quest.pursue(trials, request.onTrial?.bind(request), budgetFrom(began, request.budgetSeconds));
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
    ...(request.budgetSeconds === undefined ? {} : { budgetSeconds: request.budgetSeconds, bracket: bracketOf(trials.reports) }),
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
  if (kind === 'bracket') return { outcome: kind, answer: null, best: bracketOf(trials).held, why: searchEndText(answer.why) };
  if (kind === 'converged') return { outcome: kind, answer: answer.value, best: answer.value, why: '' };
  return { outcome: kind, answer: null, best: answer.best, why: searchEndText(answer.why) };
}

interface Quest {
  readonly variable: string;
  readonly rebuilds: boolean;
  pursue(trials: Trials, onTrial: FindRequest['onTrial'], budget: Budget | undefined): Promise<Answer>;
  formula(reports: readonly TrialReport[]): FormulaReport | null;
}

function limitQuest(load: ScenarioLoader, spec: FindSpec): Quest {
  const plan = planTrials(load, spec);
  return {
    variable: plan.variable,
    rebuilds: plan.rebuilds,
    async pursue(trials, onTrial, budget) {
      const seconds = ({ confirm }: Proposal) => (confirm ? spec.confirmPeriodSeconds : spec.measuringPeriodSeconds);
      const { initialValue, bases, modelled, whole } = plan;
      const search = new Search({ ...spec, initialValue, bases, modelled, whole }, monotonic);
      const scenarioOf = (step: Proposal) => plan.trial(step.value, seconds(step));
      return await untilAnswered(within(budget, search, scenarioOf), async (step) => {
        const { report, judgement } = await trials.run({ ...step, scenario: () => scenarioOf(step) });
        onTrial?.(report);
        search.record(judgement);
      });
    },
    formula: (reports) => formulaOf(load, plan.variable, reports),
  };
}

function fitQuest(load: ScenarioLoader, spec: FindSpec): Quest {
  const plan = planConnections(load, spec);
  return {
    variable: plan.variable,
    rebuilds: false,
    async pursue(trials, onTrial, budget) {
      const search = new FitSearch({ ...spec, initialValue: plan.initialValue }, monotonic);
      const scenarioOf = ({ value, confirm }: Proposal) => plan.trial(value, confirm);
      return await untilAnswered(within(budget, search, scenarioOf), async (step) => {
        const { report, judgement } = await trials.run({ ...step, scenario: () => scenarioOf(step) });
        onTrial?.(report);
        search.record(judgement, report.peakOpen ?? 0);
      });
    },
    formula: () => null,
  };
}

/** When a search has to be over, on the clock of `monotonic`, and how long it has in all. */
interface Budget {
  readonly endsAt: number;
  readonly seconds: number;
}

function budgetFrom(began: number, seconds: number | undefined): Budget | undefined {
  return seconds === undefined ? undefined : { endsAt: began + seconds, seconds };
}

/**
 * The search, over in time where there is a budget.
 * @throws {CtloadError} exit 2 when its first trial does not fit.
 */
function within(
  budget: Budget | undefined,
  search: Pick<Search, 'next'> & Partial<Pick<Search, 'withoutConfirming' | 'closeAbove'>>,
  scenarioOf: (step: Proposal) => LoadedScenario,
): Pick<Search, 'next'> {
  if (budget === undefined) return search;
  const secondsOf = (step: Proposal) => loadSecondsOf(() => scenarioOf(step));
  const budgeted = new BudgetedSearch(search, { endsAt: budget.endsAt, secondsOf, clock: monotonic });
  const first = search.next();
  if (first.kind !== 'trial' || budgeted.fits(first)) return budgeted;
  const needs = `one trial takes ${secondsText(secondsOf(first))}, and a few seconds to build the lab and remove it`;
  throw new CtloadError(`--budget ${secondsText(budget.seconds)} is too short: ${needs}`, {
    hint: 'allow more time, or make the trials shorter with --set find.measuringPeriod=10s',
    exitCode: ExitCode.usage,
  });
}

/** 0 where the value is not valid: the trial says so, and takes no time. */
function loadSecondsOf(loaded: () => LoadedScenario): number {
  try {
    return loadSeconds(loaded().scenario.floods);
  } catch (error) {
    if (error instanceof CtloadError) return 0;
    throw error;
  }
}

/** A search as a campaign: what comes next is a trial, until there is an answer. */
async function untilAnswered(
  search: Pick<Search, 'next'>,
  trial: (step: Extract<ReturnType<Search['next']>, { readonly kind: 'trial' }>) => Promise<void>,
): Promise<Answer> {
  let answer: Answer | undefined;
  const next = () => {
    const step = search.next();
    if (step.kind === 'trial') return step;
    answer = step;
    return undefined;
  };
  await runCampaign({ next }, trial);
  if (answer === undefined) throw new Error('a search without trials left, and without an answer');
  return answer;
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
