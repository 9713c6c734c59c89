import { execFileSync } from 'node:child_process';
import { expect } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import type { FailureCause } from '../../../src/model/timeline/attempt.ts';
import { type StandingLab, withFault } from './faults.ts';
import { freeze } from './incidents.ts';

const ENDPOINTS = '198.19.1.0/24';

interface LookAlike {
  readonly fault: string;
  readonly cause: FailureCause;
  readonly validity: 'generator-bound' | 'inconclusive';
  readonly flags?: readonly string[];
  act?(lab: StandingLab): void;
  /** What the evidence must say. */
  readonly says: RegExp;
}

/** One of each kind: what the client lacks, what the backend refuses, what it answers. */
export const LOOK_ALIKES: readonly LookAlike[] = [
  {
    fault: 'client ports used up',
    cause: 'ports-exhausted',
    validity: 'generator-bound',
    // On a busy machine the fault takes a while, and the backend often closes first, which leaves the client its port: so they are held.
    flags: ['floods.requests.startTime=4s', 'backend.delay=700ms'],
    act: (lab) => lab.on('client', 'echo 20000 20001 > /proc/sys/net/ipv4/ip_local_port_range'),
    says: /no free local port/,
  },
  {
    fault: 'descriptors used up',
    cause: 'fds-exhausted',
    validity: 'generator-bound',
    flags: ['backend.delay=900ms'], // sockets pile up
    act: (lab) => {
      for (const pid of lab.pids('client', 'processes/agent')) execFileSync('prlimit', ['--pid', `${pid}`, '--nofile=60:60']);
    },
    says: /EMFILE/,
  },
  {
    fault: "the backend's listen queue overflowing",
    cause: 'listen-overflow',
    validity: 'inconclusive',
    flags: ['backend.backlog=1'],
    act: (lab) => freeze(lab.pids('backend', 'processes/backend')),
    says: /[1-9][\d,]* ListenOverflows/,
  },
];

/** More of them. */
export const MORE_LOOK_ALIKES: readonly LookAlike[] = [
  {
    fault: 'the backend down',
    cause: 'refused',
    validity: 'inconclusive',
    // SYNs go to a port where nothing listens, so that the backend's own kernel refuses them.
    act: (lab) => {
      lab.on('backend', nft('prerouting', 'tcp dport 8080 tcp dport set 8081'));
      lab.on('backend', nft('output', 'tcp sport 8081 tcp sport set 8080'));
    },
    says: /the backend's kernel sent [1-9][\d,]* resets/,
  },
  {
    fault: 'errors from behind the gateway',
    cause: 'http-5xx',
    validity: 'inconclusive',
    flags: ['backend.status=503'],
    says: /status of 500 or above \(status 503: [\d,]+\); the backend served [1-9][\d,]* requests/,
  },
  {
    fault: 'a slow backend',
    cause: 'response-timeout',
    validity: 'inconclusive',
    flags: ['backend.delay=2s'],
    says: /then no response in time.*read [1-9][\d,]* requests/,
  },
  {
    fault: 'packets lost on the link',
    cause: 'connect-timeout',
    validity: 'inconclusive',
    act: (lab) => lab.on('backend', nft('input', 'tcp flags & (syn | ack) == syn numgen random mod 10 < 7 drop')),
    says: /retransmitted [1-9][\d,]* SYNs.*lost in transit/,
  },
  {
    fault: 'source ports given away while the backend remembers them',
    cause: 'connect-timeout',
    validity: 'inconclusive',
    // Each endpoint is reached from 16 ports; the gateway forgets a connection after a second, the backend after 60.
    flags: ['gateway.conntrack.timeouts.tcp_time_wait=1s', 'floods.requests.duration=5s', 'floods.requests.connectTimeout=500ms'],
    act: (lab) => {
      lab.on('gateway', 'iptables -t nat -I KUBE-POSTROUTING 3 -p tcp -j MASQUERADE --random-fully --to-ports 20000-20015');
      leapTimestamps(lab);
    },
    // No other SYN was lost: the backend's count is what clients retransmitted and abandoned, to the packet.
    says: /[1-9][\d,]* of these SYNs met connections in TIME_WAIT .* still held in TIME_WAIT\. No conntrack drop .*What to do: keep tcp_time_wait/,
  },
  {
    fault: 'a wrong route',
    cause: 'unreachable',
    validity: 'inconclusive',
    act: (lab) => lab.on('gateway', `ip route delete ${ENDPOINTS}`),
    says: /[1-9][\d,]* on the gateway/,
  },
];

function nft(hook: string, rule: string): string {
  return `nft 'add table ip fault; add chain ip fault ${hook} { type filter hook ${hook} priority -10; }; add rule ip fault ${hook} ${rule}'`;
}

/**
 * Timestamps of the client's that are older than those before, on kernels too that give all connections between two addresses
 * one offset (before 165573e41f2f): 2 is without the offset. Ends by itself.
 */
function leapTimestamps(lab: StandingLab): void {
  const leaps = 'for i in $(seq 44); do for how in 2 1; do echo $how > /proc/sys/net/ipv4/tcp_timestamps; sleep 0.07; done; done';
  lab.on('client', `(${leaps}) >/dev/null 2>&1 &`);
}

const evidence = (summary: Summary, cause: FailureCause) => summary.attribution.find((item) => item.cause === cause);

/** ctload names the cause, and does not blame the table. */
export async function isToldApart({ cause, validity, flags = [], act = () => {}, says }: LookAlike): Promise<void> {
  const { summary, code } = await withFault(act, flags);
  expect(summary.attribution[0]?.cause, summary.verdict.reasons.join('\n')).toBe(cause);
  expect(summary.attribution[0]?.evidence).toMatch(says);
  expect(evidence(summary, 'conntrack-full')).toBeUndefined();
  expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity, cause });
  expect(summary.breakingPoint).toBeNull();
  expect(code).toBe(111);
}
