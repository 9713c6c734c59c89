import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { IncidentDiagnosis } from '../../../src/model/result/diagnosis.ts';
import { violations } from '../../schemas/violations.ts';
import { ctload, start, temporaryFolder } from './ctload.ts';
import { labOf, type StandingLab } from './faults.ts';

type Role = 'client' | 'gateway' | 'backend';

/** What an operator would collect on a host: of its table, and of its network. */
const COLLECTED = {
  table: 'cat /proc/net/stat/nf_conntrack; sysctl net.netfilter 2>/dev/null',
  network: 'cat /proc/net/snmp /proc/net/netstat /proc/net/sockstat; sysctl net.ipv4.ip_local_port_range 2>/dev/null',
};

/**
 * Kernel's own counters of a lab before and while something goes wrong, by host: what `ctload diagnose` is given. With two hosts: those of
 * the table of the first and of the network of the second, as of a node and a pod.
 */
export async function incident(
  flags: readonly string[],
  fault: (lab: StandingLab) => void = () => {},
): Promise<(host: Role, other?: Role) => Promise<IncidentDiagnosis>> {
  const folder = temporaryFolder();
  const sets = ['floods.requests.startTime=2s', 'floods.requests.responseTimeout=1s', ...flags].flatMap((flag) => [
    '--set',
    flag,
  ]);
  const running = start(['run', 'scenarios/smoke.yaml', '--driver', 'netns', '--output', join(folder, 'run'), ...sets]);
  await running.seen(/\d load: /);
  const lab = labOf(running.child.pid ?? 0);
  const hosts: readonly Role[] = ['client', 'gateway', 'backend'];
  const file = (host: Role, what: string, when: string) => join(folder, host, `${what}-${when}.txt`);
  const collected = Object.entries(COLLECTED);
  for (const host of hosts) {
    mkdirSync(join(folder, host));
    for (const [what, command] of collected) writeFileSync(file(host, what, 'before'), lab.on(host, command));
  }
  fault(lab);
  // The load ends 5 s after this at the earliest, and attempts wait 1.5 s longer.
  for (const host of hosts) {
    const commands = collected.map(([what, command]) => `(${command}) > ${file(host, what, 'after')}`);
    lab.on(host, `(sleep 4.5; ${commands.join('; ')}) >/dev/null 2>&1 &`);
  }
  const { stderr } = await running.ended;
  expect(stderr).not.toMatch(/internal error/);
  return async (host, other = host) => {
    expect(readFileSync(file(other, 'network', 'after'), 'utf8')).toContain('ip_local_port_range');
    const files = ['before', 'after'].flatMap((when) => [file(host, 'table', when), file(other, 'network', when)]);
    const { stdout, code } = await ctload('diagnose', '--json', ...files);
    const diagnosis: IncidentDiagnosis = JSON.parse(stdout);
    expect(violations('diagnosis', diagnosis)).toEqual([]);
    expect(code).toBe(diagnosis.conclusion.kind === 'cannot-tell' ? 111 : 0);
    return diagnosis;
  };
}

/** Stops processes for long enough to fill their queues; they go on by themselves, whatever becomes of the test. */
export function freeze(pids: readonly number[]): void {
  execFileSync('sh', ['-c', `kill -STOP ${pids.join(' ')}; (sleep 4.5; kill -CONT ${pids.join(' ')}) >/dev/null 2>&1 &`]);
}
