import { writeFileSync } from 'node:fs';
import type { FindReport } from '../model/result/find.ts';
import type { RunReport } from '../model/result/report.ts';
import type { Summary } from '../model/result/summary.ts';
import { CtloadError, reasonOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { Log } from '../platform/log.ts';
import { annotations, findAnnotation } from '../report/ci/annotations.ts';
import { renderJunit } from '../report/ci/junit.ts';
import { renderFindJunit } from '../report/ci/junit-find.ts';
import { renderFindMarkdown } from '../report/markdown/find-markdown.ts';
import { renderMarkdown } from '../report/markdown/markdown.ts';
import { type ActionsEnvironment, reportToGitHub } from './github.ts';

/** How a finished run or search is reported outside of its folder. */
interface Rendering<T, Kept> {
  /** The part that is needed until the last one has finished: a long run's figures over time would take a lot of memory. */
  kept(one: T): Kept;
  junit(all: readonly Kept[]): string;
  annotations(one: T): readonly string[];
  markdown(one: T): string;
}

export const RUNS: Rendering<Pick<RunReport, 'summary' | 'scenario'>, Summary> = {
  kept: ({ summary }) => summary,
  junit: renderJunit,
  annotations: ({ summary }) => annotations(summary),
  markdown: renderMarkdown,
};

export const SEARCHES: Rendering<FindReport, FindReport> = {
  kept: (report) => report,
  junit: renderFindJunit,
  annotations: (report) => [findAnnotation(report)],
  markdown: renderFindMarkdown,
};

export interface PublishOptions {
  /** File for the test results of all runs or searches so far, one suite each. */
  readonly junitFile?: string | undefined;
  readonly environment?: ActionsEnvironment | undefined;
}

/**
 * Reports every finished run or search where flags and CI want it, in addition to its folder. The file is written once at the
 * start, so that a place that cannot be written to fails before the first run, not after it.
 */
export function createPublisher<T, Kept>(rendering: Rendering<T, Kept>, options: PublishOptions, log: Log): (one: T) => void {
  const all: Kept[] = [];
  const writeSuites = () => {
    if (options.junitFile === undefined) return;
    const hint = 'name a file in a folder that exists and that you may write to';
    writeOutput('--junit-file', options.junitFile, rendering.junit(all), hint);
  };
  writeSuites();
  return (one) => {
    all.push(rendering.kept(one));
    writeSuites();
    reportToGitHub(
      options.environment ?? {},
      { annotations: rendering.annotations(one), markdown: rendering.markdown(one) },
      log,
    );
  };
}

/** Writes the file that a flag asked for. @throws {CtloadError} exit 2 when it cannot be written. */
export function writeOutput(flag: string, file: string, text: string, hint: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new CtloadError(`cannot write ${flag} ${file}: ${reasonOf(cause)}`, { hint, exitCode: ExitCode.usage, cause });
  }
}
