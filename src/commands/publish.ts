import { writeFileSync } from 'node:fs';
import type { MatrixReport } from '../model/result/campaign/matrix.ts';
import type { FindReport } from '../model/result/find.ts';
import type { RunReport } from '../model/result/report.ts';
import type { Summary } from '../model/result/summary.ts';
import { CtloadError, messageOf, reasonOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { Log } from '../platform/log.ts';
import { annotation, annotations, findAnnotation, matrixAnnotation } from '../report/ci/annotations.ts';
import { renderJunit } from '../report/ci/junit.ts';
import { renderFindJunit } from '../report/ci/junit-find.ts';
import { renderMatrixJunit } from '../report/ci/junit-matrix.ts';
import { failedSuite, type Suite } from '../report/ci/junit-suites.ts';
import { renderMarkdownDocument } from '../report/document/document-markdown.ts';
import { renderFindMarkdown } from '../report/markdown/find-markdown.ts';
import { renderMarkdown } from '../report/markdown/markdown.ts';
import { matrixDocument } from '../report/matrix/document.ts';
import { forgetResults } from '../session/results/forget.ts';
import { writeJunit } from '../session/results/results.ts';
import { exitCodeOfError, explanation } from './explain.ts';
import { type ActionsEnvironment, reportToGitHub } from './github.ts';

/** How a finished run, search or matrix is reported outside of its folder. */
interface Rendering<T, Kept> {
  /** The part that is needed until the last one has finished: a long run's figures over time would take a lot of memory. */
  kept(one: T): Kept;
  /** With `more` suites at the end. */
  junit(all: readonly Kept[], more: readonly Suite[]): string;
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

export const MATRICES: Rendering<MatrixReport, MatrixReport> = {
  kept: (report) => report,
  junit: renderMatrixJunit,
  annotations: (report) => [matrixAnnotation(report)],
  markdown: (report) => renderMarkdownDocument(matrixDocument(report)),
};

export interface PublishOptions {
  /** File of the scenario, as it was named. */
  readonly scenario: string;
  /** The command line. */
  readonly command: string;
  /** Folder for the results, where it was named. */
  readonly output?: string | undefined;
  /** File for the test results of all runs or searches so far, one suite each. */
  readonly junitFile?: string | undefined;
  readonly environment?: ActionsEnvironment | undefined;
}

/**
 * Carries out `work`, which calls `publish` with every finished run or search, and reports them where flags and CI want it, in
 * addition to their folders. What an earlier run left in those places goes first: CI would take it for the result of this one.
 * So does the end of a `work` that throws, or is killed: until it is over, the test results end with an error.
 * @throws {CtloadError} exit 2 when `junitFile` cannot be written, which is tried before anything else; what `work` throws.
 */
export async function publishing<T, Kept, R>(
  rendering: Rendering<T, Kept>,
  options: PublishOptions,
  log: Log,
  work: (publish: (one: T) => void) => Promise<R>,
): Promise<R> {
  const { scenario, command, output, junitFile, environment = {} } = options;
  const startedAt = new Date();
  const all: Kept[] = [];
  const failed = (type: string, message: string): Suite => {
    const seconds = (Date.now() - startedAt.getTime()) / 1000;
    return failedSuite({ startedAt, seconds, scenario, command, type, message });
  };
  const writeSuites = (...more: readonly Suite[]) => {
    if (junitFile === undefined) return;
    const hint = 'name a file in a folder that exists and that you may write to';
    writeOutput('--junit-file', junitFile, rendering.junit(all, more), hint);
  };
  const unfinished = () => failed('unfinished', 'ctload was ended before it was done');
  writeSuites(unfinished());
  if (output !== undefined) forgetResults(output);
  try {
    const result = await work((one) => {
      all.push(rendering.kept(one));
      writeSuites(unfinished());
      reportToGitHub(environment, { annotations: rendering.annotations(one), markdown: rendering.markdown(one) }, log);
    });
    if (all.length > 0) writeSuites(); // else another process has done the work, and has written its own
    return result;
  } catch (error) {
    const message = explanation(error);
    const suite = failed(`exit ${exitCodeOfError(error)}`, message);
    try {
      writeSuites(suite);
      if (output !== undefined && all.length === 0) writeJunit(output, rendering.junit([], [suite]));
    } catch (cause) {
      log.warn(messageOf(cause));
    }
    const annotations = [annotation('error', `ctload ${scenario}`, message)];
    reportToGitHub(environment, { annotations, markdown: `## ${scenario}: no result\n\n${message}` }, log);
    throw error;
  }
}

/** Writes the file that a flag asked for. @throws {CtloadError} exit 2 when it cannot be written. */
export function writeOutput(flag: string, file: string, text: string, hint: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new CtloadError(`cannot write ${flag} ${file}: ${reasonOf(cause)}`, { hint, exitCode: ExitCode.usage, cause });
  }
}
