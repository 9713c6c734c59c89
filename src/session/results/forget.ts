import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { forgetMatrix } from './matrix-folder.ts';
import { FIND_FILE, REPEAT_FILE, removeRun, TRIALS_FOLDER } from './results.ts';

/**
 * Removes everything that a run, several, a search or a matrix left in a folder, except for the resolved scenario, which may be the
 * one to run again. What cannot be removed is left to `openResults` to report.
 */
export function forgetResults(folder: string): void {
  const all = [folder, ...foldersIn(folder)];
  for (const each of [...all, ...all.flatMap((one) => foldersIn(join(one, TRIALS_FOLDER)))]) {
    try {
      removeRun(each);
      for (const name of [REPEAT_FILE, FIND_FILE]) rmSync(join(each, name), { force: true });
    } catch {} // not a folder, or one that may not be written to
  }
  try {
    forgetMatrix(folder);
  } catch {} // as above
}

/** Those that are named like those of runs or trials: `01`, `07-120`. */
function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d\d+(-|$)/.test(name))
      .map((name) => join(folder, name));
  } catch {
    return []; // there is none
  }
}
