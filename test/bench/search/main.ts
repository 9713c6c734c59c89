import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bracketOf } from '../../../src/analysis/search/bracket.ts';
import type { FindReport } from '../../../src/model/result/find.ts';
import { Cleanup } from '../../../src/platform/cleanup.ts';
import { CtloadError } from '../../../src/platform/errors.ts';
import { execute } from '../../../src/platform/exec.ts';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { readTimeline } from '../../../src/timeline/read-timeline.ts';
import { interruption, tell } from '../ending.ts';
import { watchCommand } from '../growth/command.ts';
import { runLab, type Site } from '../growth/lab-run.ts';
import { type KnownRun, type RunPhases, type SearchBench, type SearchRow, searchMarkdown, type TimedRun } from './page.ts';
import { KNOWN_LIMITS, KNOWN_PRECISION, knownScenario, SEARCH_NAMES, SEARCHES, type TimedSearch } from './searches.ts';

const SMOKE = 'smoke';
const KNOWN = 'known';
const NAMES = [...SEARCH_NAMES, KNOWN, SMOKE];
const RUNS_KEPT = 5; // of one search, with the same ctload
const SMOKE_RUNS = 5;
const LONGEST = 600; // seconds
const USAGE = `npm run bench:search -- [--only ${NAMES.join('|')}] [--output FOLDER]
  --only    what to measure (repeatable); the rest stays as it is in FOLDER/search.json. A search that is measured again is one of
            the last five runs of its row, if it is the same ctload
  --output  where search.json and search.md go (default: results)`;

const signal = interruption();
const say = (line: string) => void process.stderr.write(`search: ${line}\n`);

const NOTHING: SearchBench = {
  schema: 'ctload/bench-search@1',
  machine: '',
  versions: {},
  searches: [],
  known: null,
  smoke: null,
};

async function main(): Promise<void> {
  const { only, output, help } = options();
  if (help) return void process.stdout.write(`${USAGE}\n`);
  await using cleanup = new Cleanup();
  const scratch = mkdtempSync(join(tmpdir(), 'ctload-search-'));
  cleanup.defer('scratch folder', () => rmSync(scratch, { recursive: true, force: true }));
  const site: Site = { cli: resolve('dist/cli.js'), scratch, signal }; // npm runs scripts in the package's folder
  const versions = { ctload: await execute([process.execPath, site.cli, '--version']), node: process.version };
  const wanted = (name: string) => only.length === 0 || only.includes(name);
  for (const search of SEARCHES.filter(({ name }) => wanted(name))) {
    const row = await timedSearch(site, search);
    say(`${row.name}: ${row.seconds.toFixed(1)} s, ${row.trials.length} trials, ${row.outcome} ${row.answer ?? ''}`);
    write(output, versions, (bench) => ({ ...bench, searches: replaced(bench, versions, row) })); // kept, whatever comes
  }
  if (wanted(KNOWN)) {
    const known = await knownSearches(site);
    write(output, versions, (bench) => ({ ...bench, known }));
  }
  if (wanted(SMOKE)) {
    const smoke = await smokePhases(site);
    write(output, versions, (bench) => ({ ...bench, smoke }));
  }
  process.stdout.write(readFileSync(join(output, 'search.md'), 'utf8'));
}

async function search(site: Site, folder: string, args: readonly string[]): Promise<FindReport & { readonly took: TimedRun }> {
  const argv = [process.execPath, site.cli, 'find', ...args, '--quiet', '--output', folder];
  const { seconds, exit } = await watchCommand(argv, LONGEST, site.signal);
  site.signal.throwIfAborted();
  const file = join(folder, 'find.json');
  if (!existsSync(file)) throw new CtloadError(`ctload find ${args.join(' ')} left no find.json: ${exit.stderr.trim()}`);
  const report = JSON.parse(readFileSync(file, 'utf8')) as FindReport;
  const { answer, trials } = report;
  return { ...report, took: { seconds, trials: trials.length, answer, broke: bracketOf(trials).broke } };
}

async function knownSearches(site: Site): Promise<NonNullable<SearchBench['known']>> {
  const measuredAt = new Date().toISOString();
  const runs: KnownRun[] = [];
  for (const limit of KNOWN_LIMITS) {
    const file = join(site.scratch, `known-${limit}.yaml`);
    writeFileSync(file, knownScenario(limit));
    const { took } = await search(site, join(site.scratch, `known-${limit}`), [file]);
    say(`${limit} fit: ${took.answer ?? 'no answer'} in ${took.seconds.toFixed(1)} s, ${took.trials} trials`);
    runs.push({ limit, ...took });
  }
  return { measuredAt, precision: KNOWN_PRECISION, runs };
}

async function timedSearch(site: Site, { name, args, before, note }: TimedSearch): Promise<SearchRow> {
  const folder = join(site.scratch, name);
  const measuredAt = new Date().toISOString();
  const { outcome, answer, bracket, trials, took } = await search(site, folder, args);
  return {
    name,
    measuredAt,
    args,
    seconds: took.seconds,
    outcome,
    answer,
    bracket: bracket === undefined ? null : [bracket.held, bracket.broke],
    trials: trials.map((trial) => ({
      value: trial.value,
      choice: trial.choice,
      outcome: trial.outcome,
      loadSeconds: trial.folder === null ? 0 : recordEnd(join(folder, trial.folder)),
      wholeSeconds: trial.seconds,
    })),
    before: before ?? null,
    ...(note === undefined ? {} : { note }),
    runs: [took],
  };
}

async function smokePhases(site: Site): Promise<RunPhases> {
  const measuredAt = new Date().toISOString();
  const scenario = readFileSync('scenarios/smoke.yaml', 'utf8');
  const load = 3; // its duration
  const runs: RunPhases['runs'][number][] = [];
  while (runs.length < SMOKE_RUNS) {
    const run = await runLab(site, scenario, 60);
    if (typeof run === 'string') throw new CtloadError(`smoke.yaml: ${run}`, { exitCode: ExitCode.setup });
    const end = recordEnd(run.folder);
    runs.push({ start: run.startSeconds, load, tail: end - load, end: run.seconds - run.startSeconds - end });
    say(`smoke: ${run.seconds.toFixed(2)} s`);
  }
  return { measuredAt, runs };
}

/** Seconds from the start of a load to the end of its record. */
function recordEnd(folder: string): number {
  let end = 0;
  for (const record of readTimeline(folder)) if (record.type === 'end') end = record.t;
  return end;
}

function replaced(bench: SearchBench, versions: SearchBench['versions'], row: SearchRow): SearchRow[] {
  const of = (name: string) => bench.searches.filter((other) => other.name === name);
  const earlier = bench.versions['ctload'] === versions['ctload'] ? of(row.name).flatMap(({ runs }) => runs) : [];
  const added = { ...row, runs: [...row.runs, ...earlier].slice(0, RUNS_KEPT) };
  return SEARCH_NAMES.flatMap((name) => (name === row.name ? [added] : of(name)));
}

function write(output: string, versions: SearchBench['versions'], change: (bench: SearchBench) => SearchBench): void {
  const file = join(output, 'search.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SearchBench) : NOTHING;
  const machine = `${cpus().length} CPUs (${cpus()[0]?.model ?? 'unknown'}), kernel ${release()}`;
  const bench = { ...change(kept), machine, versions };
  mkdirSync(output, { recursive: true });
  writeFileSync(file, `${JSON.stringify(bench, null, 2)}\n`);
  writeFileSync(join(output, 'search.md'), searchMarkdown(bench));
}

function options() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      output: { type: 'string', default: 'results' },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = values.only.find((name) => !NAMES.includes(name));
  if (unknown === undefined) return values;
  throw new CtloadError(`--only ${unknown}: no such measurement`, { hint: USAGE, exitCode: ExitCode.usage });
}

main().catch(tell);
