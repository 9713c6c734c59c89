import { join } from 'node:path';
import { type RepeatedRun, summarizeRepeats } from '../../analysis/search/repeat.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Log } from '../../platform/log.ts';
import { jsonText } from '../../platform/printable.ts';
import { summaryText } from '../../report/facts/headline.ts';
import { renderRepeat } from '../../report/terminal/repeat-terminal.ts';
import type { RunResult } from '../../session/measure/request.ts';
import { folderOfRun, openRepeats, REPEAT_FILE, writeReport } from '../../session/results/results.ts';

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
  const runs: (RepeatedRun & { readonly exitCode: ExitCode })[] = [];
  openRepeats(options.folder);
  for (let number = 1; number <= options.repeat && !options.isOver(); number++) {
    const folder = folderOfRun(number);
    const result = await options.once(join(options.folder, folder));
    options.log.info(`run ${number} of ${options.repeat}: ${summaryText(result.report.summary)}`);
    runs.push({ folder, summary: result.report.summary, exitCode: options.exitCodeOf(result) });
  }
  const report = summarizeRepeats(runs);
  writeReport(options.folder, REPEAT_FILE, report);
  const text = options.json
    ? jsonText(report)
    : renderRepeat(report, { color: options.color.stdout, width: process.stdout.columns || 100 });
  process.stdout.write(text);
  options.log.info(`results: ${options.folder}`);
  return worst(runs.map(({ exitCode }) => exitCode));
}

/** An abort outranks an invalid run, which outranks a failed threshold. */
function worst(codes: readonly ExitCode[]): ExitCode {
  const ranked: readonly ExitCode[] = [ExitCode.aborted, ExitCode.generatorBound];
  return ranked.find((code) => codes.includes(code)) ?? codes.find((code) => code !== ExitCode.ok) ?? ExitCode.ok;
}
