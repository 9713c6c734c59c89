import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { IncidentDiagnosis } from '../../../src/model/result/diagnosis.ts';
import { violations } from '../../schemas/violations.ts';
import { ctload, start, temporaryFolder } from './ctload.ts';
import { labOf, type StandingLab } from './faults.ts';

type Role = 'client' | 'gateway' | 'backend';

/** What an operator would collect on a host. */
const COMMANDS = [
  'cat /proc/net/stat/nf_conntrack',
  'cat /proc/net/snmp /proc/net/netstat /proc/net/sockstat',
  'sysctl net.netfilter net.ipv4.ip_local_port_range 2>/dev/null',
].join('; ');

/** Kernel's own counters of a lab before and while something goes wrong, by host: what `ctload diagnose` is given. */
export async function incident(
  flags: readonly string[],
  fault: (lab: StandingLab) => void = () => {},
): Promise<(host: Role) => Promise<IncidentDiagnosis>> {
  const folder = temporaryFolder();
  const sets = ['floods.requests.startTime=2s', 'floods.requests.responseTimeout=1s', ...flags].flatMap((flag) => [
    '--set',
    flag,
  ]);
  const running = start(['run', 'scenarios/smoke.yaml', '--driver', 'netns', '--output', join(folder, 'run'), ...sets]);
  await running.seen(/\d load: /);
  const lab = labOf(running.child.pid ?? 0);
  const hosts: readonly Role[] = ['client', 'gateway', 'backend'];
  for (const host of hosts) {
    mkdirSync(join(folder, host));
    writeFileSync(join(folder, host, 'before.txt'), lab.on(host, COMMANDS));
  }
  fault(lab);
  // The load ends 5 s after this at the earliest, and attempts wait 1.5 s longer.
  for (const host of hosts) lab.on(host, `(sleep 4.5; ${COMMANDS}) > ${join(folder, host, 'after.txt')} 2>/dev/null &`);
  const { stderr } = await running.ended;
  expect(stderr).not.toMatch(/internal error/);
  return async (host) => {
    expect(readFileSync(join(folder, host, 'after.txt'), 'utf8')).toContain('ip_local_port_range');
    const { stdout, code } = await ctload('diagnose', '--json', join(folder, host));
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
