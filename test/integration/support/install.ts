import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findTool } from '../../../src/platform/tools.ts';

/** Test files that run side by side install one after the other. */
const LOCK = '/run/lock/ctload-test-apt';

/** invoke-rc.d asks it whether a package may start its service; 101 is no. */
const POLICY = '/usr/sbin/policy-rc.d';

/** Whether the commands are there, after apt where they were not. No service is started. */
export function install(...packages: readonly (readonly [name: string, command: string])[]): boolean {
  const missing = packages.filter(([, command]) => findTool(command) === undefined).map(([name]) => name);
  if (missing.length === 0) return true;
  if (findTool('apt-get') === undefined) return false;
  const apt = (...args: string[]) =>
    execFileSync('flock', [LOCK, 'apt-get', '-qq', ...args], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  const policy = !existsSync(POLICY);
  try {
    if (policy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...missing);
    return true;
  } catch {
    return false;
  } finally {
    if (policy) rmSync(POLICY, { force: true });
  }
}
