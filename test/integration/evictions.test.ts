import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FindReport } from '../../src/model/result/find.ts';
import { ctload, readRecords, readSummary, temporaryFolder, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

/** DNS through a gateway whose upstream takes 100 ms: a table of 1,024 entries evicts queries that are under way. */
const SLOW_UPSTREAM = `
version: 1
name: dns-slow-upstream
gateway: {conntrack: {max: 1024, method: sysctl}}
backend: {delay: 100ms}
floods:
  dns: {kind: udp, reply: true, executor: constant-arrival-rate, rate: 1600, duration: 3s, responseTimeout: 2s}
find: {measuringPeriod: 3s, confirmPeriod: 3s, deadline: 60s}
`;

/** Rise of a counter of the gateway's kernel over the recording. */
function gatewayRise(folder: string, counter: string): number {
  const counted = readRecords(folder).flatMap((record) =>
    record.type === 'netstat' && record.host === 'gateway' ? (record.counters[counter] ?? []) : [],
  );
  return (counted.at(-1) ?? 0) - (counted[0] ?? 0);
}

function scenarioFile(text: string): string {
  const file = join(temporaryFolder(), 'scenario.yaml');
  writeFileSync(file, text);
  return file;
}

describe('a full table that evicts', skipFor(unfit), () => {
  it('broke where clients were waiting: every failure is an answer that ended at the gateway', async () => {
    const folder = join(temporaryFolder(), 'run');
    const ran = await ctload('run', scenarioFile(SLOW_UPSTREAM), '--output', folder);
    expect(ran.code, ran.stderr + ran.stdout).toBe(0);
    const { verdict, floods, breakingPoint, attribution } = readSummary(folder);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-evicted' });
    const failed = floods['dns']?.failed ?? 0;
    expect(failed).toBeGreaterThan(100);
    expect(gatewayRise(folder, 'UdpNoPorts')).toBe(failed);
    expect(attribution[0]).toMatchObject({ cause: 'conntrack-evicted', failed });
    expect(breakingPoint?.entries).toBeGreaterThan(1000);
    expect(breakingPoint?.firstEarlyDropAtSeconds).toBeGreaterThan(0.3);
  });

  it('with room for all of them none fails', async () => {
    const folder = join(temporaryFolder(), 'run');
    const ran = await ctload('run', scenarioFile(SLOW_UPSTREAM), '--set', 'gateway.conntrack.max=65536', '--output', folder);
    expect(ran.code, ran.stderr + ran.stdout).toBe(0);
    expect(readSummary(folder)).toMatchObject({ verdict: { kind: 'held', validity: 'valid' }, attribution: [] });
  });

  it('is what a search finds', async () => {
    const folder = join(temporaryFolder(), 'find');
    const ran = await ctload('find', scenarioFile(SLOW_UPSTREAM), '--set', 'floods.dns.rate=200', '--output', folder);
    expect(ran.code, ran.stderr + ran.stdout).toBe(0);
    const report = JSON.parse(readFileSync(join(folder, 'find.json'), 'utf8')) as FindReport;
    expect(report).toMatchObject({ outcome: 'converged' });
    // Nothing expires within 3 s: 341/s fill the table. Above that, the oldest tenth of a second must be evicted to hurt.
    expect(report.answer).toBeGreaterThan(300);
    expect(report.trials.some(({ outcome, why }) => outcome === 'broke' && why.includes('the client was still waiting'))).toBe(
      true,
    );
  });
});
