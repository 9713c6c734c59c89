import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ctload, readRecords, readSummary, temporaryFolder, unfit } from './support/ctload.ts';
import { slowUpstream } from './support/evicting.ts';
import { skipFor } from './support/skip.ts';

/** Rise of a counter of the gateway's kernel over the recording. */
function gatewayRise(folder: string, counter: string): number {
  const counted = readRecords(folder).flatMap((record) =>
    record.type === 'netstat' && record.host === 'gateway' ? (record.counters[counter] ?? []) : [],
  );
  return (counted.at(-1) ?? 0) - (counted[0] ?? 0);
}

describe('a full table that evicts', skipFor(unfit), () => {
  it('broke where clients were waiting: every failure is an answer that ended at the gateway', async () => {
    const folder = join(temporaryFolder(), 'run');
    const ran = await ctload('run', slowUpstream(), '--output', folder);
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
});
