import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import { type Ran, readSummary, start, temporaryFolder } from './ctload.ts';

/** A lab under load, to break something in. */
export interface StandingLab {
  /** Runs a command in the network namespace of one host, and gives what it prints. */
  on(host: 'client' | 'gateway' | 'backend', command: string): string;
  /** Processes of ctload on one host that run `module`, e.g. `processes/agent`. */
  pids(host: 'client' | 'gateway' | 'backend', module: string): number[];
}

/** A shell command that runs `command` some seconds later, and is not waited for. */
export function later(seconds: number, command: string): string {
  return `(sleep ${seconds}; ${command}) >/dev/null 2>&1 &`;
}

/**
 * Runs 300 requests a second for 3 s against a table with plenty of room, and reads what ctload made of it. `fault` is done before
 * the first of them: the run reports that its load is on two seconds before the flood starts. By ballast: runs of others are not
 * held up.
 */
export async function withFault(
  fault: (lab: StandingLab) => void,
  flags: readonly string[] = [],
): Promise<Ran & { summary: Summary }> {
  const folder = join(temporaryFolder(), 'run');
  const plenty = [
    'gateway.conntrack.method=ballast',
    'gateway.conntrack.max=20000',
    'floods.requests.responseTimeout=1s',
    'floods.requests.startTime=2s',
    'floods.requests.duration=3s',
  ];
  const sets = [...plenty, ...flags].flatMap((flag) => ['--set', flag]);
  const running = start(['run', 'scenarios/smoke.yaml', '--output', folder, ...sets]);
  await running.seen(/\d load: /);
  fault(labOf(running.child.pid ?? 0));
  const ran = await running.ended;
  expect(ran.stderr).not.toMatch(/internal error/);
  return { ...ran, summary: readSummary(folder) };
}

/** The lab of the run `owner`, which has one. */
export function labOf(owner: number): StandingLab {
  const inodes = new Set(childrenOf(owner).map((pid) => statSync(`/proc/${pid}/ns/net`).ino));
  const name = (host: string) => {
    const found = readdirSync('/run/netns').find(
      (entry) => entry.startsWith('ctload-') && entry.endsWith(`-${host}`) && inodes.has(statSync(`/run/netns/${entry}`).ino),
    );
    if (found === undefined) throw new Error(`no namespace of a ${host}`);
    return found;
  };
  const netns = (host: string, ...command: string[]) =>
    execFileSync('ip', ['netns', ...command.slice(0, 1), name(host), ...command.slice(1)], { encoding: 'utf8' });
  return {
    on: (host, command) => netns(host, 'exec', 'sh', '-c', command),
    pids: (host, module) =>
      netns(host, 'pids')
        .split('\n')
        .filter((pid) => pid !== '' && commandLine(Number(pid)).includes(module))
        .map(Number),
  };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).map(Number);
}

/** Empty for a process that has ended meanwhile. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
