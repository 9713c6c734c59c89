import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ctload, leavesHostAlone, readSummary, temporaryFolder, unfit } from '../support/ctload.ts';
import { listKnownLoad } from '../support/known-load.ts';
import { skipFor } from '../support/skip.ts';

const MAX = 8192;
const LOAD = { rate: 180, leakRate: 20, closeWaitRate: 20, udpFlows: 60, halfOpenRate: 0, dnsFlows: 20, held: 400 };
/** As soon as the kernel has dropped packets, a run is over. */
const BREAKS = ['--set', 'stopWhen=certain'];

/** When and where the gateway's table broke. */
function breakIn(folder: string): { readonly seconds: number; readonly entries: number } {
  const { breakingPoint, verdict } = readSummary(folder);
  expect(verdict.kind).toBe('broke');
  return { seconds: breakingPoint?.atSeconds ?? Number.NaN, entries: breakingPoint?.entries ?? Number.NaN };
}

describe('a scenario made from a listing', skipFor(unfit), () => {
  leavesHostAlone();

  it('breaks within a tenth of where the original breaks, at the same size and at a quarter of it', async () => {
    const folder = temporaryFolder();
    const lab = { load: LOAD, max: MAX, seconds: 60, folder, flags: BREAKS };
    const { listings } = await listKnownLoad(lab, 15, ['conntrack -L']);
    const original = breakIn(join(folder, 'run'));
    for (const size of [MAX, MAX / 4]) {
      const file = join(folder, `${size}.yaml`);
      const from = ['--from-table', listings[0] ?? '', '--limit', String(MAX), '--stale-after', '3s'];
      const made = await ctload('init', file, ...from, '--size', String(size));
      expect(made.code, made.stderr).toBe(0);
      const output = join(folder, String(size));
      await ctload('run', file, '--driver', 'netns', '--output', output, '--set', 'gateway.conntrack.method=sysctl', ...BREAKS);
      const { seconds, entries } = breakIn(output);
      const found = `${size}: ${seconds} s, ${entries} entries; original: ${original.seconds} s, ${original.entries} entries`;
      expect(Math.abs(seconds / original.seconds - 1), found).toBeLessThan(0.1);
      expect(Math.abs((entries * MAX) / size / original.entries - 1), found).toBeLessThan(0.1);
    }
  });
});
