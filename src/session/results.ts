import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { replaceFile } from '../platform/replace-file.ts';

/** The scenario after defaults, environment and flags. */
export const RESOLVED_FILE = 'scenario.resolved.yaml';

/** The folder of a run: `output`, or `results/<name>-<UTC time>` under the working directory. */
export function resultsFolder(name: string, startedAt: Date, output: string | undefined): string {
  const stamp = startedAt.toISOString().replace(/[-:]/g, '').replace(/\..*/, 'Z');
  return output ?? join('results', `${name}-${stamp}`);
}

/** Makes the folder and writes the resolved scenario into it, so that an unwritable place fails before anything is built. */
export function openResults(folder: string, resolvedScenario: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    replaceFile(join(folder, RESOLVED_FILE), resolvedScenario);
  } catch (cause) {
    throw new CtloadError(`cannot write results to ${folder}: ${messageOf(cause)}`, {
      hint: 'name a folder you may write to with --output DIR',
      exitCode: ExitCode.usage,
      cause,
    });
  }
}

/** Writes a report of several runs into their common folder. @throws {CtloadError} exit 100 when it cannot be written. */
export function writeReport(folder: string, name: string, report: object): void {
  const path = join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
    replaceFile(path, `${JSON.stringify(report, null, 2)}\n`);
  } catch (cause) {
    throw new CtloadError(`cannot write ${path}: ${messageOf(cause)}`, { hint: 'make the folder writable', cause });
  }
}
