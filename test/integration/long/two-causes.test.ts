import { describe, expect, it } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import type { FailureCause } from '../../../src/model/timeline/attempt.ts';
import { unfit } from '../support/ctload.ts';
import { withFault } from '../support/faults.ts';
import { skipFor } from '../support/skip.ts';

const evidence = (summary: Summary, cause: FailureCause) => summary.attribution.find((item) => item.cause === cause);

describe('failures of two causes', skipFor(unfit), () => {
  it('a full table and a slow backend at once: both, with shares that add up', async () => {
    const { summary } = await withFault(() => {}, [
      'backend.delay=2s',
      'gateway.conntrack.max=600',
      'gateway.conntrack.method=sysctl',
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.attribution.map(({ cause }) => cause).sort()).toEqual(['conntrack-full', 'response-timeout']);
    expect(summary.attribution.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
    const { failed = 0, attempted = 0 } = summary.floods['requests'] ?? {};
    expect(summary.attribution.reduce((sum, item) => sum + item.failed, 0)).toBe(failed);
    expect(failed).toBe(attempted);
    expect(evidence(summary, 'response-timeout')?.failed).toBeGreaterThanOrEqual(590);
  });

  it('a full table and a listen queue at once: each gets its share', async () => {
    const { summary } = await withFault(
      // Its queue holds one connection for the first 0.6 s of the load; a SYN that it has no room for comes again after a second.
      (lab) => {
        const pids = lab.pids('backend', 'processes/backend');
        for (const pid of pids) process.kill(pid, 'SIGSTOP');
        setTimeout(() => {
          for (const pid of pids) process.kill(pid, 'SIGCONT');
        }, 2600);
      },
      [
        'backend.backlog=1',
        'gateway.conntrack.max=300',
        'gateway.conntrack.buckets=65536',
        'gateway.conntrack.method=sysctl',
        'floods.requests.connectTimeout=3s',
      ],
    );
    const { verdict, attribution, accounting } = summary;
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(attribution.map(({ cause }) => cause).slice(0, 2)).toEqual(['conntrack-full', 'listen-overflow']);
    expect(accounting.listenDropped).toBeGreaterThan(50);
    expect(accounting.share).toBeGreaterThan(0.97);
    expect(accounting.share).toBeLessThan(1.03);
    expect(verdict.reasons.join(' ')).toContain("the backend's listen queues dropped");
  });

  it('a full table and 5 % of the SYNs lost before it: apportioned, most of it the table', async () => {
    const chain = 'add table ip evil; add chain ip evil f { type filter hook prerouting priority -350; }';
    const rule = 'add rule ip evil f tcp flags & (syn | ack) == syn numgen random mod 100 < 5 counter drop';
    const { summary } = await withFault(
      (lab) => lab.on('gateway', `nft '${chain}; ${rule}'`),
      ['gateway.conntrack.max=300', 'gateway.conntrack.method=sysctl', 'floods.requests.duration=6s'],
    );
    expect(summary.conntrack.drop).toBeGreaterThan(1000);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    const [first, second] = summary.attribution;
    expect([first?.cause, second?.cause]).toEqual(['conntrack-full', 'connect-timeout']);
    expect(first?.share).toBeGreaterThan(0.8);
    expect((first?.share ?? 0) + (second?.share ?? 0)).toBeCloseTo(1, 5);
  });
});
