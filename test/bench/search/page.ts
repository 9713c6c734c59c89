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
  readonly smoke: RunPhases | null;
}

export function searchMarkdown({ machine, versions, searches, smoke }: SearchBench): string {
  const listed = Object.entries(versions).map(([tool, version]) => `${tool} ${version}`);
  return [
    '# How long an answer takes',
    '',
    `Measured by \`npm run bench:search\` on ${machine}; ${listed.join(', ')}.`,
    '',
    '## Searches',
    '',
    'Before: every trial ran to its end, values were bracketed by a factor and bisected. Now a trial ends when its outcome is certain, and what it measured places the next one. The load of a trial that holds always runs to its end: nothing shorter would be proof.',
    '',
    '| `ctload find …` | before | now | trials | of it load | answer |',
    '|---|---|---|---|---|---|',
    ...searches.map(searchLine),
    '',
    ...searches.flatMap(trialLines),
    ...(smoke === null ? [] : smokeLines(smoke)),
  ].join('\n');
}

function searchLine({ args, seconds, trials, before, ...ended }: SearchRow): string {
  const load = trials.reduce((sum, { loadSeconds }) => sum + loadSeconds, 0);
  const earlier = before === null ? '–' : `${before.seconds} s, ${before.trials} trials, ${before.answer}`;
  const share = `${load.toFixed(0)} s (${((100 * load) / seconds).toFixed(0)} %)`;
  return `| \`${args.join(' ')}\` | ${earlier} | ${seconds.toFixed(0)} s | ${trials.length} | ${share} | ${answerText(ended)} |`;
}

function answerText({ outcome, answer, bracket }: Pick<SearchRow, 'outcome' | 'answer' | 'bracket'>): string {
  if (answer !== null) return String(answer);
  return bracket === null ? outcome : `between ${bracket[0] ?? 'nothing'} and ${bracket[1] ?? 'anything'}`;
}

function trialLines({ args, trials, measuredAt }: SearchRow): string[] {
  return [
    `### \`${args.join(' ')}\``,
    '',
    `${measuredAt.slice(0, 10)}.`,
    '',
    '| trial | value | chosen | outcome | load | to its end |',
    '|---|---|---|---|---|---|',
    ...trials.map(
      ({ value, choice, outcome, loadSeconds, wholeSeconds }, index) =>
        `| ${index + 1} | ${value} | ${choice} | ${outcome} | ${loadSeconds.toFixed(1)} s | ${wholeSeconds.toFixed(0)} s |`,
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

function spreadText(spread: Spread | undefined): string {
  if (spread === undefined) return '–';
  return `${spread.median.toFixed(2)} (${spread.min.toFixed(2)} to ${spread.max.toFixed(2)})`;
}
