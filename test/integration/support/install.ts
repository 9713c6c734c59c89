import { execFileSync } from 'node:child_process';
import { findTool } from '../../../src/platform/tools.ts';

/** Test files that run side by side install one after the other. */
const LOCK = '/run/lock/ctload-test-apt';

/** Whether the commands are there, after apt where they were not. */
export function install(...packages: readonly (readonly [name: string, command: string])[]): boolean {
  const missing = packages.filter(([, command]) => findTool(command) === undefined).map(([name]) => name);
  if (missing.length === 0) return true;
  if (findTool('apt-get') === undefined) return false;
  const apt = (...args: string[]) =>
    execFileSync('flock', [LOCK, 'apt-get', '-qq', ...args], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  try {
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...missing);
    return true;
  } catch {
    return false;
  }
}
