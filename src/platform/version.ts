import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE } from './package.ts';

/** ctload's version, from package.json. */
export const VERSION: string = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version;

/** The version and, in a clone, the commit that is checked out: `0.1.0 (commit 2cb3c5b, changed)`. */
export async function versionWithCommit(): Promise<string> {
  if (!existsSync(join(PACKAGE, '.git'))) return VERSION; // installed: a .git further up is somebody else's
  try {
    const { stdout } = await promisify(execFile)('git', [
      '-C',
      PACKAGE,
      'describe',
      '--always',
      '--exclude=*',
      '--dirty=, changed',
    ]);
    return `${VERSION} (commit ${stdout.trim()})`;
  } catch {
    return VERSION; // no git, or a clone of another user
  }
}
