import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PACKAGE } from '../../platform/package.ts';
import type { Installation } from '../../platform/program.ts';

/** Where the image has Node.js and ctload. */
export const IN_IMAGE: Installation = { node: 'node', root: '/ctload' };

export const DOCKERFILE = join(PACKAGE, 'docker/Dockerfile');

/** ctload's programs are bundled with all they import, but for these packages. */
const PROGRAMS = 'dist/processes';
const PACKAGES = ['undici'];
/** Those of package.json's `files` that are read, besides. */
const FOLDERS = ['dist', 'docker', 'scenarios', 'src/report'];

/** Files of the image, by their path in it: ctload's programs and what they import. The value is the file here. */
export function packageContent(): Map<string, string> {
  const files = new Map([
    ['Dockerfile', DOCKERFILE],
    ['package.json', join(PACKAGE, 'package.json')],
  ]);
  addFolder(files, PROGRAMS, join(PACKAGE, PROGRAMS));
  addPackages(files, PACKAGES);
  return files;
}

/** Adds packages that this one needs, with all that they need. */
function addPackages(files: Map<string, string>, names: readonly string[]): void {
  const pending = names.map((name) => ({ name, from: PACKAGE }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const folder = findPackage(next.name, next.from);
    const target = join('node_modules', next.name);
    if (files.has(join(target, 'package.json'))) continue;
    addFolder(files, target, folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) pending.push({ name, from: folder });
  }
}

/**
 * Files of the whole package, by their path in it, with the packages that the command line imports or reads; Docker's client, which is
 * most of them, only where it is wanted.
 */
export function commandContent(usesDocker: boolean): Map<string, string> {
  const files = new Map([['package.json', join(PACKAGE, 'package.json')]]);
  for (const folder of FOLDERS) addFolder(files, folder, join(PACKAGE, folder));
  addPackages(files, [...(usesDocker ? ['dockerode'] : []), 'undici', 'uplot']);
  return files;
}

/** SHA-256 over names and bytes, and over `base`, the image they are added to. */
export function contentHash(files: ReadonlyMap<string, string>, base: string): string {
  const hash = createHash('sha256').update(base);
  for (const name of [...files.keys()].sort()) hash.update(`\0${name}\0`).update(readFileSync(files.get(name) ?? ''));
  return hash.digest('hex');
}

/** Copies the files to `folder`, under the names they have in the image. */
export function stageContent(files: ReadonlyMap<string, string>, folder: string): void {
  for (const [name, source] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(source, join(folder, name), { dereference: true });
  }
}

function addFolder(files: Map<string, string>, target: string, folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, path);
    const nested = relative(folder, file).split('/').includes('node_modules');
    if (nested || path.endsWith('.map') || !statSync(file).isFile()) continue;
    files.set(join(target, path), file);
  }
}

/** Searches like Node.js: node_modules of `from`, then of every folder above. */
function findPackage(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) throw new Error(`package ${name} is not installed`);
  }
}
