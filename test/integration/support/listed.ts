import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ctload, evictedByGc, listings, readSummary, temporaryFolder } from './ctload.ts';

/**
 * 400 connections per second, whose entries expire after a second: a table that is cleared of expired entries holds 400 of them,
 * one that is left alone 1,500 before 4 s. The hash table is so large that new connections hardly meet expired entries.
 */
function shortTimeouts(method: 'sysctl' | 'ballast', close: 'fin' | 'rst'): string {
  return `
version: 1
name: short-timeouts
gateway:
  conntrack: { max: 1500, buckets: 262144, method: ${method}, timeouts: { tcp_close: 1s, tcp_time_wait: 1s } }
floods:
  short: { kind: short, executor: constant-arrival-rate, rate: 400, duration: 10s, close: ${close} }
`;
}

/** A listing does not keep the table from filling with expired entries. */
export async function fillsThoughListed(method: 'sysctl' | 'ballast', close: 'fin' | 'rst'): Promise<void> {
  const folder = temporaryFolder();
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, shortTimeouts(method, close));
  const output = join(folder, 'run');
  const { stdout, stderr } = await ctload('run', file, '--output', output);
  const { verdict, conntrack } = readSummary(output);
  if (!evictedByGc({ verdict })) expect(verdict, stdout + stderr).toMatchObject({ kind: 'broke', cause: 'conntrack-full' });
  expect(conntrack.peakEntries).toBe(1500);
  expect(conntrack.listings).toMatchObject({ sampled: 0, reclaimed: 0 });
  expect(conntrack.listings?.untilSeconds).toBeLessThan(2);
  expect(listings(output, 2).every(({ t }) => t >= 10)).toBe(true); // what the load has left behind
  expect(stdout).toContain('states not listed after');
}
