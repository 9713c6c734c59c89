import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { atomicWrite } from '../../platform/atomic-write.ts';
import { usageError } from '../../platform/errors.ts';
import { mkdirp } from '../../platform/mkdirp.ts';
import { FIND_FILE, folderOfRun, orUnwritable, RESOLVED_FILE, removeRun, TRIALS_FOLDER } from './results.ts';

export const MATRIX_FILE = 'matrix.json';
/** The report of a matrix as Markdown and as a page. */
export const MARKDOWN_FILE = 'matrix.md';
export const PAGE_FILE = 'matrix.html';

const SEARCH = 'find-';

/** A variant as its folder has it. */
interface VariantScenario {
  readonly name: string;
  readonly loaded: { readonly resolved: string };
}

/** Folder of a run of a variant, below that of the matrix: that of the variant is as `run --repeat` leaves one. */
export function folderOfVariantRun(variant: string, repeat: number): string {
  return join(variant, folderOfRun(repeat));
}

/** Folder of a search of a variant, below that of the matrix. */
export function folderOfVariantSearch(variant: string, repeat: number): string {
  return join(variant, `${SEARCH}${folderOfRun(repeat)}`);
}

/**
 * Makes the folder of a new matrix, with the scenario of every variant in it. What another matrix left there goes.
 * @throws {CtloadError} exit 2 when the folder cannot be written.
 */
export function openMatrix(folder: string, variants: readonly VariantScenario[]): void {
  orUnwritable(folder, () => {
    mkdirp(folder);
    forgetMatrix(folder);
    for (const { name, loaded } of variants) {
      mkdirp(join(folder, name));
      atomicWrite(join(folder, name, RESOLVED_FILE), loaded.resolved);
    }
  });
}

/**
 * Makes sure that the matrix in a folder is that of these variants.
 * @throws {CtloadError} exit 2 when it is another one, or none.
 */
export function requireMatrix(folder: string, variants: readonly VariantScenario[]): void {
  const again = 'resume with the same scenario and flags, or start a new matrix without --resume';
  const wanted = variants.map(({ name }) => name);
  const there = variantsIn(folder);
  if (there.length === 0) throw usageError(`no matrix in ${folder}`, 'name a folder that `ctload matrix` left');
  const other = [...there.filter((name) => !wanted.includes(name)), ...wanted.filter((name) => !there.includes(name))];
  if (other.length > 0) throw usageError(`the matrix in ${folder} has other variants (${other.join(', ')})`, again);
  for (const { name, loaded } of variants) {
    if (readFileSync(join(folder, name, RESOLVED_FILE), 'utf8') === loaded.resolved) continue;
    throw usageError(`variant ${name} is not as it was in ${folder} (${join(name, RESOLVED_FILE)})`, again);
  }
}

/** Removes the files of a matrix and its runs, where there is one. @throws errors of the file system */
export function forgetMatrix(folder: string): void {
  for (const name of variantsIn(folder)) {
    const variant = join(folder, name);
    for (const run of readdirSync(variant)) {
      if (run === folderOfRun(Number(run))) removeRun(join(variant, run));
      else if (run.startsWith(SEARCH)) removeSearch(join(variant, run));
    }
    rmSync(join(variant, RESOLVED_FILE));
  }
  for (const file of [MATRIX_FILE, MARKDOWN_FILE, PAGE_FILE]) rmSync(join(folder, file), { force: true });
}

/** Removes what a search left in a folder, trials included. */
function removeSearch(folder: string): void {
  rmSync(join(folder, FIND_FILE), { force: true });
  const trials = join(folder, TRIALS_FOLDER);
  if (existsSync(trials)) for (const name of readdirSync(trials)) removeRun(join(trials, name));
}

/** Folders of the variants of a matrix; none where there is no matrix. */
function variantsIn(folder: string): string[] {
  if (!existsSync(join(folder, MATRIX_FILE))) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, RESOLVED_FILE)))
    .map(({ name }) => name);
}
