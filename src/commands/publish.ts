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
import { type ActionsEnvironment, tellGitHub } from './github.ts';

/** How something that was carried out is told outside of its folder. */
interface Rendering<T, Kept> {
  /** What is needed of it until the last one is over: a long run's figures over time, say, take a lot of memory. */
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
  /** Gets the test results of all runs or searches so far, a suite each. */
  readonly junitFile?: string | undefined;
  readonly environment?: ActionsEnvironment | undefined;
}

/**
 * Takes every finished run or search to where flags and CI want it, besides its folder. A file that cannot be written is told
 * before the first one, not after it.
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
    tellGitHub(options.environment ?? {}, { annotations: rendering.annotations(one), markdown: rendering.markdown(one) }, log);
  };
}

/** Writes what a flag asked for. @throws {CtloadError} exit 2 when it cannot be written. */
export function writeOutput(flag: string, file: string, text: string, hint: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new CtloadError(`cannot write ${flag} ${file}: ${reasonOf(cause)}`, { hint, exitCode: ExitCode.usage, cause });
  }
}
