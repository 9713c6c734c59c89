import { writeFileSync } from 'node:fs';
import type { RunReport } from '../model/report.ts';
import type { Summary } from '../model/summary.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { Log } from '../platform/log.ts';
import { annotations } from '../report/annotations.ts';
import { renderJunit } from '../report/junit.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { type ActionsEnvironment, tellGitHub } from './github.ts';

type Published = Pick<RunReport, 'summary' | 'scenario'>;

export interface PublishOptions {
  /** Gets the test results of all runs so far, a suite each. */
  readonly junitFile?: string | undefined;
  readonly environment?: ActionsEnvironment | undefined;
}

/**
 * Takes every finished run to where flags and CI want it, besides its folder. A file that cannot be written is told before
 * the first run, not after it.
 */
export function createPublisher(options: PublishOptions, log: Log): (run: Published) => void {
  const summaries: Summary[] = []; // and no more of them: a long run's figures over time take a lot of memory
  const writeSuites = () => {
    if (options.junitFile === undefined) return;
    const suites = renderJunit(summaries);
    writeOutput('--junit-file', options.junitFile, suites, 'name a file in a folder that exists and that you may write to');
  };
  writeSuites();
  return (run) => {
    summaries.push(run.summary);
    writeSuites();
    tellGitHub(options.environment ?? {}, { annotations: annotations(run.summary), markdown: renderMarkdown(run) }, log);
  };
}

/** Writes what a flag asked for. @throws {CtloadError} exit 2 when it cannot be written. */
export function writeOutput(flag: string, file: string, text: string, hint: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new CtloadError(`cannot write ${flag} ${file}: ${messageOf(cause)}`, { hint, exitCode: ExitCode.usage, cause });
  }
}
