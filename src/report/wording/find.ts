import { count, percent, seconds } from '../../model/format.ts';
import type { Decider, FindReport, FormulaReport, TrialReport } from '../../model/result/find.ts';
import { metricText } from './threshold.ts';

/** The answer in a sentence, or why there is none and what is known all the same. */
export function findStory(report: FindReport): string {
  const { outcome, answer, best, why, conntrack, limitDecidedBy } = report;
  const room = conntrack === null ? '' : ` with ${count(conntrack.effectiveMax)} conntrack entries`;
  if (outcome === 'converged') {
    const limit =
      limitDecidedBy?.by === 'threshold' ? ` Above it, the ${deciderText(limitDecidedBy)}; the table still held.` : '';
    return `${figure(answer ?? 0)} is the highest value that held${room}.${limit}${brokeAbove(report)}`;
  }
  if (outcome === 'bracket') return bracketStory(report);
  const so = best === null ? 'No tested value held.' : `${figure(best)} held, but was not confirmed.`;
  return `No answer: ${why.replace(/\.$/, '')}. ${so}`;
}

/** The other end of the answer's interval; '' where nothing above it was tried. */
function brokeAbove({ answer, trials }: FindReport): string {
  const broke = Math.min(...trials.flatMap(({ value, outcome }) => (outcome === 'broke' ? value : [])));
  return answer === null || broke <= answer || broke === Number.POSITIVE_INFINITY ? '' : ` ${figure(broke)} did not hold.`;
}

/** What a search with a budget has found, said as what it is. */
function bracketStory({ bracket, budgetSeconds = 0, search, conntrack }: FindReport): string {
  const { held = null, broke = null } = bracket ?? {};
  const within = `within the budget of ${seconds(budgetSeconds)}`;
  const trial = `trials of ${seconds(search.measuringPeriodSeconds)}`;
  const limit = conntrack === null ? 'The limit is' : `With ${count(conntrack.effectiveMax)} conntrack entries, the limit is`;
  if (held !== null && broke !== null)
    return `${limit} between ${figure(held)}, which held, and ${figure(broke)}, which did not: the best bracket ${within}, by ${trial}, not confirmed by a longer one.`;
  if (held !== null) return `${limit} ${figure(held)} or above: that held in ${trial}, and nothing broke ${within}.`;
  if (broke !== null) return `${limit} below ${figure(broke)}: that did not hold, and nothing held ${within}.`;
  return `${limit} unknown: no trial showed whether its value holds ${within}.`;
}

/** What else the report says: a label and a text each. */
export function findFacts(report: FindReport): [label: string, text: string][] {
  const { formula, conntrack, search, durationSeconds, trials } = report;
  return [
    ...(formula === null || conntrack === null ? [] : [['Formula', ruleOfThumb(formula, report, conntrack)] as [string, string]]),
    ...(formula !== null && conntrack?.method === 'ballast' ? [['Ballast', BALLAST] as [string, string]] : []),
    ['Search', `${trials.length} trials in ${seconds(durationSeconds)}; precision ${percent(search.precision)}`],
  ];
}

const BALLAST =
  'with ballast, expired entries are reclaimed late: the hash table is the whole host’s, so few packets reach their buckets, and the kernel’s gc waits for the mean of all remaining timeouts, ballast included (at most a minute). Use method sysctl for searches in which entries expire.';

function ruleOfThumb(
  { rate, lifetimeSeconds, countedSeconds }: FormulaReport,
  { answer, limitDecidedBy }: Pick<FindReport, 'answer' | 'limitDecidedBy'>,
  { effectiveMax }: { readonly effectiveMax: number },
): string {
  const says = `The rule of thumb max ÷ (lifetime + timeout) gives ${figure(rate)}/s: every entry gone after ${seconds(lifetimeSeconds)}.`;
  if (answer === null) return says;
  if (limitDecidedBy !== null && limitDecidedBy.by !== 'table') {
    return `${says} That is the rate that fills the table; it is not what this search found, because the ${deciderText(limitDecidedBy)}.`;
  }
  const share = `The measured maximum is ${percent(answer / rate)} of it.`;
  const why =
    countedSeconds === null
      ? 'Expired entries stay counted until the kernel reclaims them: when a packet hashes to their bucket, or when the garbage collector runs, every few seconds to a minute.'
      : `The peak of the confirming trial is ${seconds(countedSeconds)} of connections for ${count(effectiveMax)} entries: expired entries stay counted until the kernel reclaims them, when a packet hashes to their bucket or when the garbage collector runs, every few seconds to a minute.`;
  return `${says} ${share} ${why}`;
}

const CHOSEN: Readonly<Record<TrialReport['choice'], string>> = {
  initial: 'to begin with',
  bracket: 'a factor away from the last',
  bisect: 'halfway between what held and what did not',
  curve: 'just above where the measured curve meets its limit',
  confirm: 'near the limit, long enough to confirm it',
  repeat: 'again, because the last trial proved nothing',
};

/** Before a trial: what is tried and why, for how long, and how long it took to make the lab ready for it. */
export function tryingLine(
  { number, value, choice }: Pick<TrialReport, 'number' | 'value' | 'choice'>,
  waits: { readonly loadSeconds: number; readonly readySeconds: number; readonly newLab: boolean },
): string {
  const lab = waits.newLab ? 'lab built' : 'table emptied of the last trial’s entries';
  const load = `up to ${seconds(waits.loadSeconds)} of load`;
  return `trial ${number}: trying ${figure(value)}, ${CHOSEN[choice]} (${lab} in ${seconds(waits.readySeconds)}; ${load})`;
}

/** One line for a trial that is over. */
export function trialLine(trial: TrialReport): string {
  const { number, value, confirm, outcome, why, decided, peakEntries, seconds: lasted } = trial;
  const what = `trial ${number}: ${figure(value)}${confirm ? ' (confirming)' : ''} ${outcomeText(trial)}`;
  if (peakEntries === null) return `${what}: ${why}`;
  const peak = `${what}, peak ${count(peakEntries)} entries in ${seconds(lasted)}`;
  if (decided.by === 'threshold') return `${peak}: ${deciderText(decided)}`;
  return outcome === 'held' || outcome === 'broke' ? peak : `${peak}: ${why}`;
}

export const TRIAL_HEADINGS = ['trial', 'value', 'outcome', 'load', 'peak entries', 'drops', 'decided by'] as const;

/** A trial as a row of a table under `TRIAL_HEADINGS`. */
export function trialCells(trial: TrialReport): string[] {
  const { number, value, confirm, decided, seconds: lasted, peakEntries, drop } = trial;
  return [
    `${number}${confirm ? ' confirm' : ''}`,
    figure(value),
    outcomeText(trial),
    seconds(lasted),
    peakEntries === null ? '-' : count(peakEntries),
    drop === null ? '-' : count(drop),
    decided.threshold === null ? decided.by : `${decided.threshold.metric} ${decided.threshold.expression}`,
  ];
}

/** Only a table breaks: a value that misses a threshold failed. */
function outcomeText({ outcome, decided }: TrialReport): string {
  return outcome === 'broke' && decided.by === 'threshold' ? 'failed' : outcome;
}

/** What decided, to follow "the". */
function deciderText({ by, threshold }: Decider): string {
  if (threshold === null) return `${by} decided`;
  const { metric, expression, observed } = threshold;
  const seen = observed === null ? '' : ` (observed ${metricText(metric, observed)})`;
  return `threshold ${metric}: ${expression} failed${seen}`;
}

/** A value of the variable: as many digits as the search has. */
export function figure(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}
