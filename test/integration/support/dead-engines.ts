import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allProcesses, identityOf, isAlive } from '../../../src/lab/host/processes.ts';
import { until } from '../../../src/platform/clock.ts';

const FOLDER = 'ctload-engine-';

/** What the name of the folder of an engine starts with that this process is about to start. */
export function engineFolderPrefix(): string {
  const { pid, startTime } = identityOf(process.pid);
  return join(tmpdir(), `${FOLDER}${pid}-${startTime}-`);
}

/**
 * Removes engines that tests started and did not live to stop, and returns the names of their folders. An engine that is killed
 * leaves its shims and containers running.
 */
export async function removeDeadEngines(): Promise<string[]> {
  const dead = readdirSync(tmpdir()).filter((name) => {
    const [, pid, startTime] = /^ctload-engine-(\d+)-(\d+)-/.exec(name) ?? [];
    return pid !== undefined && !isAlive({ pid: Number(pid), startTime: Number(startTime) });
  });
  for (const name of dead) await removeEngine(join(tmpdir(), name));
  return dead;
}

/** Ends what still runs of the engine in `folder`, its mounts (it leaves one when it stops, more when it is killed), and the folder. */
export async function removeEngine(folder: string): Promise<void> {
  await until(() => killAllOf(folder) === 0, 10, 0.1);
  unmountBelow(folder);
  rmSync(folder, { recursive: true, force: true });
}

function unmountBelow(folder: string): void {
  const mounted = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  const below = mounted.filter((path) => path.startsWith(`${folder}/`));
  if (below.length > 0) execFileSync('umount', ['--lazy', ...below.reverse()]);
}

/** Kills daemon, shims and containers of the engine in `folder`; returns how many were left. */
function killAllOf(folder: string): number {
  const parents = new Map(allProcesses().map((pid) => [pid, parentOf(pid)]));
  const own = new Set([...parents.keys()].filter((pid) => commandLine(pid).includes(`${folder}/`)));
  const within = (pid: number | undefined): boolean => pid !== undefined && pid > 1 && (own.has(pid) || within(parents.get(pid)));
  const all = [...parents.keys()].filter(within);
  for (const pid of all) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // it has ended
  }
  return all.length;
}

function parentOf(pid: number): number | undefined {
  return Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]) || undefined;
}

function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it has ended
  }
}
