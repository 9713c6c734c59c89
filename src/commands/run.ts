import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needsUserNamespace, onParentGone, reenter } from '../lab/rootless.ts';
import type { Summary } from '../model/summary.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { stderrLog } from '../platform/log.ts';
import { createLiveView } from '../report/live.ts';
import { renderTerminal } from '../report/terminal.ts';
import { loadScenario, type ScenarioInputs } from '../scenario/load.ts';
import { Interrupts } from '../session/interrupts.ts';
import { runScenario } from '../session.ts';
import { exitCodeOf } from './exit-code.ts';

export interface RunOptions extends ScenarioInputs {
  readonly output?: string | undefined;
  readonly summaryExport?: string | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
}

/**
 * `ctload run FILE`: runs the scenario, prints the report to stdout, and returns the exit code.
 * @param argv the whole command line, to run it again inside a user namespace when there are no rights for a lab here
 */
export async function run(file: string, options: RunOptions, argv: readonly string[]): Promise<ExitCode> {
  const loaded = loadScenario(file, options);
  if (needsUserNamespace()) return (await reenter(argv)) as ExitCode;

  using interrupts = new Interrupts();
  onParentGone(() => interrupts.raiseImmediate());
  const log = stderrLog(options.quiet);
  const view = options.quiet ? undefined : createLiveView(process.stderr, { color: options.color.stderr });
  const request = {
    loaded,
    output: options.output,
    command: ['ctload', ...argv.slice(2)].join(' '),
    log,
    ...(view === undefined ? {} : { onStatus: view.update.bind(view), onLoadEnd: view.close.bind(view) }),
  };
  const result = await runScenario(request, interrupts).finally(() => view?.close());

  print(result.summary, options);
  if (options.summaryExport !== undefined) exportSummary(result.summary, options.summaryExport);
  log.info(`results: ${result.folder}`);
  if (result.teardownError !== undefined) {
    throw new CtloadError(`teardown incomplete: ${messageOf(result.teardownError)}`, {
      hint: 'run `ctload clean`',
      exitCode: ExitCode.teardown,
      cause: result.teardownError,
    });
  }
  return exitCodeOf(result.summary, result.interrupted);
}

function print(summary: Summary, options: RunOptions): void {
  const text = options.json
    ? JSON.stringify(summary, null, 2)
    : renderTerminal(summary, { color: options.color.stdout, width: process.stdout.columns ?? 100 });
  process.stdout.write(`${text.trimEnd()}\n`);
}

function exportSummary(summary: Summary, file: string): void {
  try {
    writeFileSync(file, `${JSON.stringify(summary, null, 2)}\n`);
  } catch (cause) {
    throw new CtloadError(`cannot write --summary-export ${file}: ${messageOf(cause)}`, {
      hint: `the summary is in ${join('the results folder', 'summary.json')}`,
      exitCode: ExitCode.usage,
      cause,
    });
  }
}
