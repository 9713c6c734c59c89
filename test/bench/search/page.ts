import type { FindOutcome, TrialReport } from '../../../src/model/result/find.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import type { TimedSearch } from './searches.ts';

/** One search that ran. */
export interface SearchRow {
  readonly name: string;
  readonly measuredAt: string;
  readonly args: readonly string[];
  /** From the command to its exit. */
  readonly seconds: number;
  readonly outcome: FindOutcome;
  readonly answer: number | null;
  readonly bracket: readonly [held: number | null, broke: number | null] | null;
  readonly trials: readonly (Pick<TrialReport, 'value' | 'choice' | 'outcome'> & {
    /** Of load, as it was and as it would have been to its end. */
    readonly loadSeconds: number;
    readonly wholeSeconds: number;
  })[];
  readonly before: NonNullable<TimedSearch['before']> | null;
  readonly note?: string;
  /** This one and those before it with the same ctload, the last first. */
  readonly runs: readonly TimedRun[];
}

/** What one of several equal searches took, and the interval it found. */
export interface TimedRun {
  readonly seconds: number;
  readonly trials: number;
  readonly answer: number | null;
  /** Lowest value that did not hold. */
  readonly broke: number | null;
}

/** A search for a limit that is known. */
export interface KnownRun extends TimedRun {
  readonly limit: number;
}

/** Where the time of one run goes, seconds from the command on. */
export interface RunPhases {
  readonly measuredAt: string;
  readonly runs: readonly Readonly<Record<PhaseName, number>>[];
}

export const PHASES = {
  start: 'start: program, lab, processes',
  load: 'load, as the scenario has it',
  tail: 'until the last attempts have ended, and last readings',
  end: 'lab taken down, results judged and written, exit',
} as const;
export type PhaseName = keyof typeof PHASES;

/** `search.json`, schema `ctload/bench-search@1`. */
export interface SearchBench {
  readonly schema: 'ctload/bench-search@1';
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly searches: readonly SearchRow[];
  /** Searches for limits that are known, by construction of the table. */
  readonly known: { readonly measuredAt: string; readonly precision: number; readonly runs: readonly KnownRun[] } | null;
  readonly smoke: RunPhases | null;
}

export function searchMarkdown({ machine, versions, searches, known, smoke }: SearchBench): string {
  const listed = Object.entries(versions).map(([tool, version]) => `${tool} ${version}`);
  return [
    '# How long an answer takes',
    '',
    `Measured by \`npm run bench:search\` on ${machine}; ${listed.join(', ')}.`,
    '',
    '## Searches',
    '',
    'Before: every trial ran to its end, values were bracketed by a factor and bisected. Now a trial ends when its outcome is certain, and what it measured places the next one; where the limit is known nearly, it lasts as long as a confirmation. The load of a trial that holds always runs to its end: nothing shorter would be proof. Load, trials and answer are those of the last run.',
    '',
    '| `ctload find …` | before | now | trials | of it load | answer |',
    '|---|---|---|---|---|---|',
    ...searches.map(searchLine),
    '',
    ...searches.flatMap(trialLines),
    ...(known === null ? [] : knownLines(known)),
    ...(smoke === null ? [] : smokeLines(smoke)),
  ].join('\n');
}

function searchLine({ args, seconds, trials, before, runs, ...ended }: SearchRow): string {
  const load = trials.reduce((sum, { loadSeconds }) => sum + loadSeconds, 0);
  const earlier = before === null ? '–' : `${before.seconds} s, ${before.trials} trials, ${before.answer}`;
  const several = spreadText(spreadOf(runs.map((run) => run.seconds)), 0);
  const now = runs.length > 1 ? `${several} s, ${runs.length} runs` : `${seconds.toFixed(0)} s`;
  const share = `${load.toFixed(0)} s (${((100 * load) / seconds).toFixed(0)} %)`;
  return `| \`${args.join(' ')}\` | ${earlier} | ${now} | ${trials.length} | ${share} | ${answerText(ended)} |`;
}

function answerText({ outcome, answer, bracket }: Pick<SearchRow, 'outcome' | 'answer' | 'bracket'>): string {
  if (answer !== null) return String(answer);
  return bracket === null ? outcome : `between ${bracket[0] ?? 'nothing'} and ${bracket[1] ?? 'anything'}`;
}

function runLines(runs: readonly TimedRun[]): string[] {
  if (runs.length < 2) return [];
  return [
    '| run | seconds | trials | answer | lowest that did not hold |',
    '|---|---|---|---|---|',
    ...runs
      .toReversed()
      .map(
        ({ seconds, trials, answer, broke }, index) =>
          `| ${index + 1} | ${seconds.toFixed(0)} | ${trials} | ${answer ?? 'none'} | ${broke ?? 'none'} |`,
      ),
    '',
  ];
}

function trialLines({ args, trials, measuredAt, runs, note }: SearchRow): string[] {
  return [
    `### \`${args.join(' ')}\``,
    '',
    `${measuredAt.slice(0, 10)}.${note === undefined ? '' : ` ${note}`}`,
    '',
    ...runLines(runs),
    '| trial | value | chosen | outcome | load | to its end |',
    '|---|---|---|---|---|---|',
    ...trials.map(
      ({ value, choice, outcome, loadSeconds, wholeSeconds }, index) =>
        `| ${index + 1} | ${value} | ${choice} | ${outcome} | ${loadSeconds.toFixed(1)} s | ${wholeSeconds.toFixed(0)} s |`,
    ),
    '',
  ];
}

function knownLines({ measuredAt, precision, runs }: NonNullable<SearchBench['known']>): string[] {
  const found = runs.filter(({ limit, answer }) => answer !== null && answer <= limit && answer >= limit / (1 + precision));
  const seconds = spreadText(spreadOf(runs.map((run) => run.seconds)), 1);
  return [
    '## Limits that are known',
    '',
    `A table of N entries holds N connections, and refuses one more. \`find\` begins at half of N; its answer is right where it is N or at most the precision, ${100 * precision} %, below. Right: ${found.length} of ${runs.length}, in ${seconds} s each. ${measuredAt.slice(0, 10)}.`,
    '',
    '| N | answer | lowest that did not hold | trials | seconds |',
    '|---|---|---|---|---|',
    ...runs.map(
      (run) => `| ${run.limit} | ${run.answer ?? 'none'} | ${run.broke ?? 'none'} | ${run.trials} | ${run.seconds.toFixed(1)} |`,
    ),
    '',
  ];
}

function smokeLines({ measuredAt, runs }: RunPhases): string[] {
  const spread = (of: (run: RunPhases['runs'][number]) => number) => spreadText(spreadOf(runs.map(of)));
  const total = spread((run) => Object.values(run).reduce((sum, seconds) => sum + seconds, 0));
  return [
    '## `ctload run scenarios/smoke.yaml`',
    '',
    `From command to exit, ${runs.length} runs, median (lowest to highest); ${measuredAt.slice(0, 10)}. Before: 7.4 s. A load of 3 s whose last attempts wait for 1.5 s cannot end before 4.5 s: \`--stop-when certain\` does not wait for what comes after the break.`,
    '',
    '| phase | seconds |',
    '|---|---|',
    ...(Object.keys(PHASES) as PhaseName[]).map((name) => `| ${PHASES[name]} | ${spread((run) => run[name])} |`),
    `| all | ${total} |`,
    '',
  ];
}

function spreadText(spread: Spread | undefined, digits = 2): string {
  if (spread === undefined) return '–';
  return `${spread.median.toFixed(digits)} (${spread.min.toFixed(digits)} to ${spread.max.toFixed(digits)})`;
}
