import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { FindReport } from '../../../src/model/result/find.ts';
import { Cleanup } from '../../../src/platform/cleanup.ts';
import { CtloadError } from '../../../src/platform/errors.ts';
import { execute } from '../../../src/platform/exec.ts';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { readTimeline } from '../../../src/timeline/read-timeline.ts';
import { interruption, tell } from '../ending.ts';
import { watchCommand } from '../growth/command.ts';
import { runLab, type Site } from '../growth/lab-run.ts';
import { type RunPhases, type SearchBench, type SearchRow, searchMarkdown } from './page.ts';
import { SEARCH_NAMES, SEARCHES, type TimedSearch } from './searches.ts';

const SMOKE = 'smoke';
const NAMES = [...SEARCH_NAMES, SMOKE];
const SMOKE_RUNS = 5;
const LONGEST = 600; // seconds
const USAGE = `npm run bench:search -- [--only ${NAMES.join('|')}] [--output FOLDER]
  --only    what to measure (repeatable); the rest stays as it is in FOLDER/search.json
  --output  where search.json and search.md go (default: results)`;

const signal = interruption();
const say = (line: string) => void process.stderr.write(`search: ${line}\n`);

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
    write(output, versions, (bench) => ({ ...bench, searches: replaced(bench.searches, row) })); // kept, whatever comes
  }
  if (wanted(SMOKE)) {
    const smoke = await smokePhases(site);
    write(output, versions, (bench) => ({ ...bench, smoke }));
  }
  process.stdout.write(readFileSync(join(output, 'search.md'), 'utf8'));
}

async function timedSearch(site: Site, { name, args, before }: TimedSearch): Promise<SearchRow> {
  const folder = join(site.scratch, name);
  const measuredAt = new Date().toISOString();
  const argv = [process.execPath, site.cli, 'find', ...args, '--quiet', '--output', folder];
  const { seconds, exit } = await watchCommand(argv, LONGEST, site.signal);
  site.signal.throwIfAborted();
  const file = join(folder, 'find.json');
  if (!existsSync(file)) throw new CtloadError(`ctload find ${args.join(' ')} left no find.json: ${exit.stderr.trim()}`);
  const { outcome, answer, bracket, trials } = JSON.parse(readFileSync(file, 'utf8')) as FindReport;
  return {
    name,
    measuredAt,
    args,
    seconds,
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

function replaced(rows: readonly SearchRow[], row: SearchRow): SearchRow[] {
  return SEARCH_NAMES.flatMap((name) => (name === row.name ? [row] : rows.filter((other) => other.name === name)));
}

function write(output: string, versions: SearchBench['versions'], change: (bench: SearchBench) => SearchBench): void {
  const file = join(output, 'search.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SearchBench) : { searches: [], smoke: null };
  const machine = `${cpus().length} CPUs (${cpus()[0]?.model ?? 'unknown'}), kernel ${release()}`;
  const bench = change({ ...kept, schema: 'ctload/bench-search@1', machine, versions });
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
