import { join } from 'node:path';
import { type RepeatedRun, summarizeRepeats } from '../../analysis/search/repeat.ts';
import type { ExitCode } from '../../platform/exit-codes.ts';
import type { Log } from '../../platform/log.ts';
import { jsonText } from '../../platform/printable.ts';
import { summaryText } from '../../report/facts/headline.ts';
import { renderRepeat } from '../../report/terminal/repeat-terminal.ts';
import { inOrder, runCampaign } from '../../session/campaign/campaign.ts';
import type { RunResult } from '../../session/measure/request.ts';
import { folderOfRun, openRepeats, REPEAT_FILE, writeReport } from '../../session/results/results.ts';
import { worstExitCode } from '../exit-code.ts';

export interface RepeatOptions {
  readonly repeat: number;
  /** Holds repeat.json and the runs, in `01`, `02`, … below it. */
  readonly folder: string;
  readonly json: boolean;
  readonly color: { readonly stdout: boolean };
  readonly log: Log;
  once(output: string): Promise<RunResult>;
  /** Whether no further run should start. */
  isOver(): boolean;
  exitCodeOf(result: RunResult): ExitCode;
}

/** Runs a scenario several times, prints median and spread of the breaking point, and returns the worst exit code. */
export async function repeatRuns(options: RepeatOptions): Promise<ExitCode> {
  openRepeats(options.folder);
  const numbers = Array.from({ length: options.repeat }, (_, index) => index + 1);
  const once = async (number: number): Promise<RepeatedRun & { readonly exitCode: ExitCode }> => {
    const folder = folderOfRun(number);
    const result = await options.once(join(options.folder, folder));
    options.log.info(`run ${number} of ${options.repeat}: ${summaryText(result.report.summary)}`);
    return { folder, summary: result.report.summary, exitCode: options.exitCodeOf(result) };
  };
  const runs = await runCampaign(inOrder(numbers), once, options.isOver);
  const report = summarizeRepeats(runs);
  writeReport(options.folder, REPEAT_FILE, report);
  const text = options.json
    ? jsonText(report)
    : renderRepeat(report, { color: options.color.stdout, width: process.stdout.columns || 100 });
  process.stdout.write(text);
  options.log.info(`results: ${options.folder}`);
  return worstExitCode(runs.map(({ exitCode }) => exitCode));
}
