import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE } from '../platform/package.ts';

const FOLDER = join(PACKAGE, 'scenarios');
const SUFFIX = '.yaml';

/** Names of the scenarios that come with ctload, as `ctload run NAME` takes them. */
export function shippedNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

/** File of the shipped scenario `name`; undefined when there is none. */
export function shippedFile(name: string): string | undefined {
  const file = join(FOLDER, `${name}${SUFFIX}`);
  return /^[a-z0-9-]+$/.test(name) && existsSync(file) ? file : undefined;
}

/** The file that a user means by `given`: that path, or, where it names no file, the shipped scenario of that name. */
export function scenarioFileMeant(given: string): string {
  const there = statSync(given, { throwIfNoEntry: false });
  return there !== undefined && !there.isDirectory() ? given : (shippedFile(given) ?? given);
}
