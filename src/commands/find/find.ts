import { join } from 'node:path';
import { summarizeSearches } from '../../analysis/search/repeat.ts';
import { type Outputs, onOutsideGone, reentryFor } from '../../lab/reentry.ts';
import type { FindReport } from '../../model/result/find.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { type Log, stderrLog } from '../../platform/log.ts';
import { jsonText } from '../../platform/printable.ts';
import { renderFind } from '../../report/terminal/find-terminal.ts';
import { spread as spreadText } from '../../report/terminal/repeat-terminal.ts';
import { figure, trialLine } from '../../report/wording/find.ts';
import { loadScenario, type ScenarioInputs } from '../../scenario/load.ts';
import { type FindRequest, type FindResult, findLimit as search } from '../../session/find.ts';
import { Interrupts } from '../../session/measure/interrupts.ts';
import { folderOfRun, REPEAT_FILE, resultsFolder, writeReport } from '../../session/results/results.ts';
import { exitCodeOfSearches } from '../exit-code.ts';
import { publishing, SEARCHES } from '../publish.ts';
import { teardownError } from '../teardown.ts';
import { trialView } from '../trial-view.ts';

export interface FindOptions extends ScenarioInputs {
  /** Dotted path of the key to vary; the scenario's own choice if undefined. */
  readonly variable?: string | undefined;
  /** Search for the number of held connections that fit, instead of varying a key. */
  readonly forConnections: boolean;
  /** Seconds that a search may take; as long as it needs if undefined. */
  readonly budget?: number | undefined;
  /** How many searches to make, one after the other. */
  readonly repeat: number;
  readonly output?: string | undefined;
  readonly junitFile?: string | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
}

/**
 * `ctload find FILE`: searches for the highest value that holds, prints the report to stdout, and returns the exit code.
 * @param argv the whole command line, to run it again where the lab can be built
 */
export async function find(file: string, options: FindOptions, argv: readonly string[]): Promise<ExitCode> {
  const load = (overrides: readonly string[]) => loadScenario(file, { ...options, set: [...(options.set ?? []), ...overrides] });
  const log = stderrLog(options.quiet);
  const command = ['ctload', ...argv.slice(2)].join(' ');
  return await publishing(SEARCHES, { ...options, scenario: file, command }, log, async (publish) => {
    const { scenario } = load([]);
    const elsewhere = await reentryFor(scenario.lab, log);
    if (elsewhere !== undefined) return (await elsewhere(argv, () => outputs(scenario.name, options))) as ExitCode;
    return await findHere(load, scenario.name, options, { command, log, publish });
  });
}

function folderOf(name: string, output: string | undefined): string {
  return resultsFolder(`find-${name}`, new Date(), output);
}

function outputs(name: string, { output, junitFile }: FindOptions): Outputs {
  const folder = folderOf(name, output);
  return { args: ['--output', folder], paths: [folder, junitFile].filter((path) => path !== undefined) };
}

interface Outlets {
  /** The command line, for the record. */
  readonly command: string;
  readonly log: Log;
  publish(report: FindReport): void;
}

async function findHere(
  load: FindRequest['load'],
  name: string,
  options: FindOptions,
  { command, log, publish }: Outlets,
): Promise<ExitCode> {
  using interrupts = new Interrupts();
  onOutsideGone(() => interrupts.raiseImmediate());
  const request = {
    load,
    goal: options.forConnections ? ('connections' as const) : ('variable' as const),
    variable: options.variable,
    budgetSeconds: options.budget,
    command,
    log,
    watch: () => trialView(options),
    onTrial: (trial: Parameters<typeof trialLine>[0]) => log.info(trialLine(trial)),
  };
  const folder = folderOf(name, options.output);
  const results: FindResult[] = [];
  for (let number = 1; number <= options.repeat && !interrupts.graceful.aborted; number++) {
    const output = options.repeat === 1 ? folder : join(folder, folderOfRun(number));
    const result = await search({ ...request, output }, interrupts);
    results.push(result);
    publish(result.report);
    if (!options.json) printReport(result, options);
    log.info(`results: ${result.folder}`);
    if (result.teardownError !== undefined) throw teardownError(result.teardownError);
  }
  printSummary(results, folder, options);
  if (results.length < options.repeat) return ExitCode.aborted; // between two searches
  return exitCodeOfSearches(results.map(({ report }) => report));
}

function printReport({ report }: FindResult, options: FindOptions): void {
  process.stdout.write(renderFind(report, { color: options.color.stdout, width: process.stdout.columns || 100 }));
}

function printSummary(results: readonly FindResult[], folder: string, options: FindOptions): void {
  const [only] = results;
  if (options.repeat === 1) {
    if (options.json) process.stdout.write(jsonText(only?.report));
    return;
  }
  const repeat = summarizeSearches(results.map(({ report }) => report));
  const { spread } = repeat;
  writeReport(folder, REPEAT_FILE, repeat);
  if (options.json) process.stdout.write(jsonText(repeat));
  else
    process.stdout.write(
      `\n  ${spread?.count ?? 0} of ${results.length} searches converged${spread === null ? '' : `: ${spreadText(spread, figure)}`}\n`,
    );
}
