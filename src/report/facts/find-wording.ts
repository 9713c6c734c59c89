import { count, percent, seconds } from '../../model/format.ts';
import type { FindReport, FormulaReport, TrialReport } from '../../model/result/find.ts';

/** The answer in a sentence, or why there is none and what is known all the same. */
export function findStory({ outcome, answer, best, why, conntrack }: FindReport): string {
  const room = conntrack === null ? '' : ` with ${count(conntrack.effectiveMax)} conntrack entries`;
  if (outcome === 'converged') return `${figure(answer ?? 0)} is the highest value that holds${room}.`;
  const so = best === null ? 'No value is known to hold.' : `${figure(best)} held, but is not the answer.`;
  return `No answer: ${why.replace(/\.$/, '')}. ${so}`;
}

/** What there is to tell besides: a label and a text each. */
export function findFacts(report: FindReport): [label: string, text: string][] {
  const { formula, conntrack, search, durationSeconds, trials } = report;
  return [
    ...(formula === null || conntrack === null
      ? []
      : [['Textbook', textbook(formula, report.answer, conntrack)] as [string, string]]),
    ...(formula !== null && conntrack?.method === 'ballast' ? [['Ballast', BALLAST] as [string, string]] : []),
    ['Search', `${trials.length} trials in ${seconds(durationSeconds)}; precision ${percent(search.precision)}`],
  ];
}

const BALLAST =
  'the hash table is the whole host’s, so few packets reap what has expired in their bucket, and the kernel’s gc waits for the mean of all remaining timeouts, ballast’s included (a minute at most): where entries expire during a trial, the sysctl method is closer to the truth.';

function textbook(
  { rate, lifetimeSeconds, countedSeconds }: FormulaReport,
  answer: number | null,
  { effectiveMax }: { readonly effectiveMax: number },
): string {
  const says = `max ÷ (lifetime + timeout) says ${figure(rate)}/s: every entry gone after ${seconds(lifetimeSeconds)}.`;
  if (answer === null) return says;
  const share = `What holds is ${percent(answer / rate)} of that.`;
  const why =
    countedSeconds === null
      ? 'Expired entries stay counted until the kernel comes by: a packet that hashes to their bucket, or the garbage collector, every few seconds to a minute.'
      : `The peak of the confirming trial is ${seconds(countedSeconds)} worth of connections against ${count(effectiveMax)} places: an expired entry stays counted until the kernel comes by, with a packet that hashes to its bucket or with the garbage collector, every few seconds to a minute.`;
  return `${says} ${share} ${why}`;
}

/** One line for a trial that is over. */
export function trialLine({ number, value, confirm, outcome, why, peakEntries, seconds: lasted }: TrialReport): string {
  const what = `trial ${number}: ${figure(value)}${confirm ? ' (confirming)' : ''} ${outcome}`;
  return peakEntries === null
    ? `${what}: ${why}`
    : `${what}, peak ${count(peakEntries)} entries in ${seconds(lasted)}${outcome === 'held' || outcome === 'broke' ? '' : `: ${why}`}`;
}

export const TRIAL_HEADINGS = ['trial', 'value', 'outcome', 'load', 'peak entries', 'drops'] as const;

/** A trial as a row of a table under `TRIAL_HEADINGS`. */
export function trialCells({ number, value, confirm, outcome, seconds: lasted, peakEntries, drop }: TrialReport): string[] {
  return [
    `${number}${confirm ? ' confirm' : ''}`,
    figure(value),
    outcome,
    seconds(lasted),
    peakEntries === null ? '-' : count(peakEntries),
    drop === null ? '-' : count(drop),
  ];
}

/** A value of the variable: as many digits as the search has. */
export function figure(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}
