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

/** A table of 2,000 entries and a listen queue of one connection, both too small for 3,000 connections at once. */
const BOTH = `
version: 1
name: both
gateway: {conntrack: {max: 2000, method: sysctl}}
backend: {backlog: 1}
floods:
  requests: {kind: short, executor: burst, connections: 3000, connectTimeout: 3s}
`;

async function run(text: string): Promise<Summary> {
  const file = join(temporaryFolder(), 'scenario.yaml');
  const folder = join(temporaryFolder(), 'run');
  writeFileSync(file, text);
  const ran = await ctload('run', file, '--output', folder);
  expect(ran.code, ran.stderr + ran.stdout).toBe(0);
  return readSummary(folder);
}

describe('losses that are not drops of the full table', skipFor(unfit), () => {
  it('hash chains too long: insert_failed is what clients lost, and the verdict names the remedy', async () => {
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

  it('a full table and a listen queue at once: each gets its share', async () => {
    const { verdict, attribution, accounting } = await run(BOTH);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(attribution.map(({ cause }) => cause).slice(0, 2)).toEqual(['conntrack-full', 'listen-overflow']);
    expect(accounting.listenDropped).toBeGreaterThan(50);
    expect(accounting.share).toBeGreaterThan(0.97);
    expect(accounting.share).toBeLessThan(1.03);
    expect(verdict.reasons.join(' ')).toContain("the backend's listen queues dropped");
  });
});
