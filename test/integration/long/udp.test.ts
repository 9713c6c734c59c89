import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ctload, expectBalanced, readSummary, runScenario, temporaryFolder, unfit } from '../support/ctload.ts';
import { everyDropIsAQuery } from '../support/dns.ts';
import { skipFor } from '../support/skip.ts';

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

describe('udp floods on a real kernel', skipFor(unfit), () => {
  it('dns.yaml: every drop is a query without an answer (iptables)', () => everyDropIsAQuery('iptables'));

  it('without answers nobody but the kernels knows what was lost', async () => {
    const { summary } = await runScenario('half-open.yaml', set('floods.syns.kind=udp', 'gateway.conntrack.buckets=65536'));
    const { drop, measuredDropShareWhenFull } = summary.conntrack;
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.accounting).toMatchObject({ share: 1, datagramsLost: drop });
    expect(Math.abs((measuredDropShareWhenFull ?? 0) - Math.exp(-0.5))).toBeLessThan(0.03);
    expect(summary.floods['syns']).toMatchObject({ attempted: 7500, succeeded: 7500, failed: 0 });
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
});
