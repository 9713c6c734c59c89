import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { until } from '../../../src/platform/clock.ts';
import { CLI, type Ran, start, temporaryFolder } from './ctload.ts';

/** A number of seconds that no other process sleeps: it tells ours apart. */
const FOREVER = '86399';

/** A folder with a command `name` that runs `script`, to be first in the PATH. */
export function standIn(name: string, script: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

/** Runs smoke.yaml where `tool` hangs, presses Ctrl-C, and sees to it that nothing that hangs is left. */
export async function interruptHung(tool: string): Promise<Ran & { readonly seconds: number }> {
  const folder = standIn(tool, `sleep ${FOREVER}`);
  const flags = ['--set', 'gateway.conntrack.method=sysctl', '--output', join(temporaryFolder(), 'run')];
  const environment = ['env', `PATH=${folder}:${process.env['PATH']}`, process.execPath, CLI];
  const run = start(['run', 'scenarios/smoke.yaml', ...flags], environment);
  await run.seen(/building the lab/);
  await until(hangs, 10, 0.05);
  await sleep(100);
  const interrupted = Date.now();
  run.child.kill('SIGINT');
  const ran = await run.ended;
  expect(hangs()).toBe(false);
  return { ...ran, seconds: (Date.now() - interrupted) / 1000 };
}

function hangs(): boolean {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes(`sleep ${FOREVER}`);
}
