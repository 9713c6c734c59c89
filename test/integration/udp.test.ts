import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ctload,
  expectBalanced,
  expectPrediction,
  mostListed,
  readRecords,
  readSummary,
  runScenario,
  temporaryFolder,
  unfit,
} from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

const set = (...assignments: readonly string[]) => assignments.flatMap((one) => ['--set', one]);

/** UDP and everything else at once, half of the table taken. */
const MIXED = `
version: 1
name: mixed
gateway: {conntrack: {max: 2048, prefill: 0.5, method: sysctl}}
floods:
  lookups: {kind: udp, executor: constant-arrival-rate, rate: 250, duration: 6s, reply: true, responseTimeout: 1s}
  logs: {kind: udp, executor: ramping-arrival-rate, stages: [{duration: 6s, target: 200}], arrival: poisson}
  requests: {kind: short, executor: constant-arrival-rate, rate: 300, duration: 6s, connectTimeout: 1500ms}
  syns: {kind: half-open, executor: constant-arrival-rate, rate: 30, duration: 6s}
`;

/** Answers whose entry was evicted while they were under way, and that took a new one: they end at the gateway itself. */
function strayAnswers(folder: string): number {
  const counted = readRecords(folder).flatMap((record) =>
    record.type === 'netstat' && record.host === 'gateway' ? (record.counters['UdpNoPorts'] ?? []) : [],
  );
  return (counted.at(-1) ?? 0) - (counted[0] ?? 0);
}

describe('udp floods on a real kernel', skipFor(unfit), () => {
  it.each(['iptables', 'nftables'])('dns.yaml: every drop is a query without an answer (%s)', async (dataplane) => {
    const { summary, folder, stdout } = await runScenario('dns.yaml', set(`gateway.dataplane=${dataplane}`));
    const { conntrack, accounting, floods, verdict } = summary;
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(conntrack.peakEntries).toBe(conntrack.effectiveMax);
    expect(accounting).toMatchObject({ share: 1, datagramsLost: conntrack.drop, explainedByClients: conntrack.drop });
    const { lookups } = floods;
    const evicted = strayAnswers(folder);
    expect(lookups).toMatchObject({ attempted: 4000, failed: conntrack.drop + evicted });
    expect(lookups?.failures['conntrack-full']).toBe(conntrack.drop);
    expect(lookups?.failures['conntrack-evicted'] ?? 0).toBe(evicted);
    expect(lookups?.latencyMs['waiting']?.count).toBe(lookups?.succeeded);
    expect(lookups?.latencyMs['waiting']?.p50).toBeLessThan(500); // a quarter of what they would be waited for
    // Nine tenths are ASSURED: exp(−1.6) of the queries that meet the full table are lost, the others evict.
    expect(Math.abs((conntrack.measuredDropShareWhenFull ?? 0) - Math.exp(-1.6))).toBeLessThan(0.05);
    expectPrediction(summary, folder, Math.exp(-1.6), 0.05);
    expect(stdout).toContain(`${conntrack.drop.toLocaleString('en-US')} datagrams that did not arrive (ratio 1.000)`);
    expect(mostListed(folder, 'udp')).toBeGreaterThan(350);
  });

  it('without answers nobody but the kernels knows what was lost', async () => {
    const { summary } = await runScenario('half-open.yaml', set('floods.syns.kind=udp', 'gateway.conntrack.buckets=65536'));
    const { drop, measuredDropShareWhenFull } = summary.conntrack;
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.accounting).toMatchObject({ share: 1, datagramsLost: drop });
    expect(Math.abs((measuredDropShareWhenFull ?? 0) - Math.exp(-0.5))).toBeLessThan(0.03);
    expect(summary.floods['syns']).toMatchObject({ attempted: 7500, succeeded: 7500, failed: 0 });
  });

  it('UDP alone with one entry per bucket: the kernel forgets old flows and drops none', async () => {
    const { summary } = await runScenario('half-open.yaml', set('floods.syns.kind=udp', 'gateway.conntrack.buckets=auto'));
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(summary.conntrack).toMatchObject({ peakEntries: 2048, drop: 0 });
    expect(summary.conntrack.earlyDrop).toBeGreaterThan(5000);
    expect(summary.accounting.datagramsLost).toBe(0);
    expect(summary.verdict.reasons.join()).toMatch(/Full from .* s on, [\d,]+ flows evicted, no waiting client affected/);
  });

  it('with TCP: the accounting holds all of it', async () => {
    const file = join(temporaryFolder(), 'mixed.yaml');
    const folder = join(temporaryFolder(), 'run');
    writeFileSync(file, MIXED);
    const ran = await ctload('run', file, '--output', folder);
    expect(ran.code, ran.stderr + ran.stdout).toBe(0);
    const { accounting, verdict, attribution } = readSummary(folder);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    for (const part of ['synRetransmissions', 'abandoned', 'halfOpenLost', 'datagramsLost'] as const) {
      expect(accounting[part]).toBeGreaterThan(10);
    }
    expectBalanced(readSummary(folder));
    expect(attribution[0]?.cause).toBe('conntrack-full');
    for (const { cause } of attribution) expect(['conntrack-full', 'conntrack-evicted']).toContain(cause);
  });

  it('answers that come too late are not put down to the table', async () => {
    const { summary } = await runScenario(
      'dns.yaml',
      set(
        'gateway.conntrack.prefill=0',
        'backend.delay=1s',
        'floods.lookups.responseTimeout=300ms',
        'floods.lookups.duration=2s',
      ),
      111,
    );
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', cause: 'response-timeout' });
    expect(summary.floods['lookups']?.failures).toEqual({ 'response-timeout': 1000 });
    expect(summary.accounting.kernelDrops).toBe(0);
    expect(summary.accounting.datagramsLost).toBeLessThan(20); // those under way when the run was over
  });
});
