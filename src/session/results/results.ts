import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_FILES } from '../../model/result/report.ts';
import { atomicWrite } from '../../platform/atomic-write.ts';
import { CtloadError, errnoOf, reasonOf } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { mkdirp } from '../../platform/mkdirp.ts';
import { jsonText } from '../../platform/printable.ts';
import { LATENCY_FILE, TIMELINE_FILE } from '../../timeline/files.ts';

/** The scenario after defaults, environment and flags. */
export const RESOLVED_FILE = 'scenario.resolved.yaml';

/** Bytes of a resolved scenario. The largest that `run` accepts has about a tenth of them. */
export const LARGEST_RESOLVED = 4 * 2 ** 20;

/** The user's alerting rules that were evaluated over the run, and what came of them: to report that again takes no promtool. */
export const RULES_FILE = 'alert-rules.yaml';
export const ALERTS_FILE = 'alert-rules.json';

/** What several runs, or searches, come to, in their common folder. */
export const REPEAT_FILE = 'repeat.json';

/** What a search comes to. */
export const FIND_FILE = 'find.json';

/** Folder of a search's trials. */
export const TRIALS_FOLDER = 'trials';

/**
 * The folder of a run: `output`, or a new one, `results/<name>-<UTC time>` under the working directory, with `-2` and so on
 * behind it for runs that start in the same second.
 * @throws {CtloadError} exit 2 when it cannot be made.
 */
export function resultsFolder(name: string, startedAt: Date, output: string | undefined): string {
  if (output !== undefined) return output;
  const stamp = startedAt.toISOString().replace(/[-:]/g, '').replace(/\..*/, 'Z');
  const folder = join('results', `${name}-${stamp}`);
  return orUnwritable(folder, () => {
    mkdirp('results');
    return newFolder(folder);
  });
}

function newFolder(wanted: string): string {
  for (let number = 1; ; number++) {
    const folder = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
}

/**
 * Makes the folder and writes the resolved scenario into it, so that an unwritable place fails before anything is built. What
 * an earlier run left there goes: were this one cut short, it would be taken for its result.
 * @throws {CtloadError} exit 2 when the folder cannot be written.
 */
export function openResults(folder: string, resolvedScenario: string): void {
  orUnwritable(folder, () => {
    mkdirp(folder);
    removeRun(folder);
    atomicWrite(join(folder, RESOLVED_FILE), resolvedScenario);
  });
}

/** Folder of the run `number`, from 1 on, of several, below that of all of them. */
export function folderOfRun(number: number): string {
  return String(number).padStart(2, '0');
}

/**
 * Makes the folder of several runs. Runs that were left there go: `compare` would count them with the new ones.
 * @throws {CtloadError} exit 2 when the folder cannot be written.
 */
export function openRepeats(folder: string): void {
  orUnwritable(folder, () => {
    mkdirp(folder);
    removeRun(folder);
    rmSync(join(folder, REPEAT_FILE), { force: true });
    for (const name of readdirSync(folder)) if (name === folderOfRun(Number(name))) removeRun(join(folder, name));
  });
}

/** Writes the test results of a run that came to nothing into its folder. @throws {CtloadError} exit 2 when it cannot be written. */
export function writeJunit(folder: string, text: string): void {
  orUnwritable(folder, () => {
    mkdirp(folder);
    atomicWrite(join(folder, 'junit.xml'), text);
  });
}

/** Removes what a run left in a folder, but for its scenario. */
export function removeRun(folder: string): void {
  for (const file of [TIMELINE_FILE, LATENCY_FILE, RULES_FILE, ALERTS_FILE, ...REPORT_FILES])
    rmSync(join(folder, file), { force: true });
}

/** @throws {CtloadError} exit 2 where `write` cannot write to the folder. */
export function orUnwritable<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw new CtloadError(`cannot write results to ${folder}: ${reasonOf(cause)}`, {
      hint: 'name a folder you may write to with --output DIR',
      exitCode: ExitCode.usage,
      cause,
    });
  }
}

/** Writes a report of several runs into their common folder. @throws {CtloadError} exit 100 when it cannot be written. */
export function writeReport(folder: string, name: string, report: object): void {
  writeText(folder, name, jsonText(report));
}

/** The same of a report that is text. */
export function writeText(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  try {
    mkdirp(folder);
    atomicWrite(path, text);
  } catch (cause) {
    throw new CtloadError(`cannot write ${path}: ${reasonOf(cause)}`, { hint: 'make the folder writable', cause });
  }
}
