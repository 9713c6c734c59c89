import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/model/result/summary.ts';
import { ctload, readSummary, temporaryFolder, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

/** nf_conntrack_max raised without nf_conntrack_buckets. */
const CHAINS = `
version: 1
name: chain
gateway: {conntrack: {max: 100000, buckets: 512, method: sysctl}}
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: 2000, duration: 8s, connectTimeout: 1500ms}
`;

async function run(text: string): Promise<Summary> {
  const file = join(temporaryFolder(), 'scenario.yaml');
  const folder = join(temporaryFolder(), 'run');
  writeFileSync(file, text);
  const ran = await ctload('run', file, '--output', folder);
  expect(ran.code, ran.stderr + ran.stdout).toBe(0);
  return readSummary(folder);
}

describe('hash chains that are too long', skipFor(unfit), () => {
  it('insert_failed is what clients lost, and the verdict names the remedy', async () => {
    const { verdict, attribution, accounting, conntrack, breakingPoint } = await run(CHAINS);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'hash-chains-full' });
    expect(verdict.reasons.join(' ')).toContain('raise nf_conntrack_buckets together with nf_conntrack_max');
    expect(attribution[0]).toMatchObject({ cause: 'hash-chains-full', share: 1 });
    const lost = accounting.synRetransmissions + accounting.abandoned;
    expect(lost).toBeGreaterThan(1000);
    expect(Math.abs(conntrack.insertFailed / lost - 1)).toBeLessThan(0.03);
    expect(accounting.kernelDrops).toBe(0);
    expect(breakingPoint?.entries).toBeGreaterThan(6000);
    expect(breakingPoint?.entries).toBeLessThan(12_000);
  });
});
