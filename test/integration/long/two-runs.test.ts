import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leavesHostAlone, readSummary, start, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

describe('on one machine', skipFor(unfit), () => {
  leavesHostAlone();

  it('two runs at once do not disturb each other', async () => {
    const folders = [join(temporaryFolder(), 'one'), join(temporaryFolder(), 'two')] as const;
    const long = ['--set', 'floods.requests.duration=5s']; // until the second run wants the limits, too
    const first = start(['run', 'scenarios/smoke.yaml', '--output', folders[0], ...long]);
    await first.seen(/lab is up/);
    const second = start(['run', 'scenarios/smoke.yaml', '--output', folders[1]]);
    const [one, two] = await Promise.all([first.ended, second.ended]);
    expect(one.code, one.stderr).toBe(0);
    expect(two.code, two.stderr).toBe(0);
    expect(two.stderr).toMatch(/wait|ballast/i);
    for (const folder of folders) {
      const summary = readSummary(folder);
      expect(summary.verdict.kind).toBe('broke');
      expect(Math.abs((summary.breakingPoint?.entries ?? 0) - summary.conntrack.effectiveMax)).toBeLessThanOrEqual(3);
    }
  });
});
