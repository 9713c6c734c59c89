import { join } from 'node:path';
import { type Outputs, onOutsideGone, reentryFor } from '../../lab/reentry.ts';
import type { RunReport } from '../../model/result/report.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { type Log, stderrLog } from '../../platform/log.ts';
import { jsonText } from '../../platform/printable.ts';
import { createLiveView } from '../../report/live/live.ts';
import { type LoadedAnyScenario, loadAnyScenario, type ScenarioInputs } from '../../scenario/load.ts';
import { type AlertRequest, checkAlertRules } from '../../session/alerts/evaluate.ts';
import { Interrupts } from '../../session/measure/interrupts.ts';
import type { RunResult } from '../../session/measure/request.ts';
import { resultsFolder } from '../../session/results/results.ts';
import { runScenario } from '../../session/run.ts';
import { exitCodeOf } from '../exit-code.ts';
import { publishing, RUNS, writeOutput } from '../publish.ts';
import { teardownError } from '../teardown.ts';
import { repeatRuns } from './repeat.ts';

export interface RunOptions extends ScenarioInputs {
  readonly output?: string | undefined;
  /** How many runs to make, one after the other, each in its own lab. */
  readonly repeat: number;
  readonly summaryExport?: string | undefined;
  readonly junitFile?: string | undefined;
  /** The user's alerting rules to evaluate. */
  readonly alertRules?: AlertRequest | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
}

/**
 * `ctload run FILE`: runs the scenario, prints the report to stdout, and returns the exit code.
 * @param argv the whole command line, to run it again where the lab can be built
 */
export async function run(file: string, options: RunOptions, argv: readonly string[]): Promise<ExitCode> {
  if (options.summaryExport !== undefined && options.repeat > 1) {
    throw new CtloadError('--summary-export takes the summary of one run, and --repeat makes several', {
      hint: 'leave it out: every run has its summary.json, and repeat.json sums them up',
      exitCode: ExitCode.usage,
    });
  }
  const log = stderrLog(options.quiet);
  const command = ['ctload', ...argv.slice(2)].join(' ');
  return await publishing(RUNS, { ...options, scenario: file, command }, log, async (publish) => {
    if (options.summaryExport !== undefined) writeSummary(options.summaryExport, ''); // a place that cannot be written to fails now, not after the run
    if (options.alertRules !== undefined) await checkAlertRules(options.alertRules);
    const loaded = loadAnyScenario(file, options);
    const elsewhere = await reentryFor(loaded.scenario.lab, log);
    if (elsewhere !== undefined) return (await elsewhere(argv, () => outputs(loaded.scenario.name, options))) as ExitCode;
    return await runHere(loaded, options, { command, log, publish });
  });
}

function outputs(name: string, { output, summaryExport, junitFile }: RunOptions): Outputs {
  const folder = resultsFolder(name, new Date(), output);
  return { args: ['--output', folder], paths: [folder, summaryExport, junitFile].filter((path) => path !== undefined) };
}

interface Outlets {
  /** The command line, for the record. */
  readonly command: string;
  readonly log: Log;
  publish(report: RunReport): void;
}

async function runHere(loaded: LoadedAnyScenario, options: RunOptions, { command, log, publish }: Outlets): Promise<ExitCode> {
  using interrupts = new Interrupts();
  onOutsideGone(() => interrupts.raiseImmediate());
  const once = async (output: string | undefined): Promise<RunResult> => {
    const view = options.quiet
      ? undefined
      : createLiveView(process.stderr, { color: options.color.stderr, environment: options.environment ?? {} });
    const request = {
      loaded,
      output,
      command,
      log,
      alertRules: options.alertRules,
      ...(view === undefined ? {} : { onStatus: view.update.bind(view), onLoadEnd: view.close.bind(view) }),
    };
    const result = await runScenario(request, interrupts).finally(() => view?.close());
    publish(result.report);
    return result;
  };
  if (options.repeat === 1) return await conclude(await once(options.output), log, options);
  const folder = resultsFolder(loaded.scenario.name, new Date(), options.output);
  return await repeatRuns({
    ...options,
    folder,
    log,
    once,
    isOver: () => interrupts.graceful.aborted,
    exitCodeOf: exitCodeOfResult,
  });
}

/** Prints the result of a run and returns its exit code. @throws {CtloadError} exit 101 when teardown was incomplete. */
async function conclude(result: RunResult, log: Log, options: RunOptions): Promise<ExitCode> {
  const { summary } = result.report;
  const { renderTerminal } = await import('../../report/terminal/terminal.ts');
  const { htmlReport } = await import('../../report/html/page.ts');
  const text = options.json
    ? jsonText(summary)
    : renderTerminal(summary, { color: options.color.stdout, width: process.stdout.columns || 100 });
  process.stdout.write(`${text.trimEnd()}\n`);
  if (options.summaryExport !== undefined) {
    writeSummary(options.summaryExport, jsonText(summary));
  }
  log.info(`results: ${result.folder}`);
  log.info(`report: ${join(result.folder, htmlReport.file)}`);
  return exitCodeOfResult(result);
}

function writeSummary(file: string, json: string): void {
  writeOutput('--summary-export', file, json, 'name a file in a folder that exists and that you may write to');
}

/** @throws {CtloadError} exit 101 when teardown was incomplete. */
function exitCodeOfResult(result: RunResult): ExitCode {
  if (result.teardownError !== undefined) throw teardownError(result.teardownError);
  return exitCodeOf(result.report.summary, result.interrupted);
}
