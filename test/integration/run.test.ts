import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/platform/exit-codes.ts';
import { ctload, evictedByGc, expectBalanced, leavesHostAlone, runScenario, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

function set(assignment: string): string[] {
  return ['--set', assignment];
}

describe('ctload run on a real kernel', skipFor(unfit), () => {
  leavesHostAlone();

  it('burst.yaml breaks at 4096 entries and accounts for every drop', async () => {
    // As shipped up to the break and some seconds beyond; then the rest is left out.
    const shorter = [
      ...set('floods.requests.stages=[{duration: 4s, target: 600}, {duration: 5s, target: 850}]'),
      ...set('floods.requests.connectTimeout=2s'),
    ];
    const { summary, stdout, folder } = await runScenario('burst.yaml', shorter, [0, ExitCode.generatorBound]);
    if (!evictedByGc(summary)) {
      expect(summary.verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full', validity: 'valid' });
      expect(Math.abs((summary.breakingPoint?.entries ?? 0) - 4096)).toBeLessThanOrEqual(4096 * 0.005);
    }
    expectBalanced(summary);
    expect(summary.conntrack.peakEntries).toBeLessThanOrEqual(4096);
    expect(summary.conntrack.drop).toBeGreaterThan(0);
    expect(summary.conntrack.otherTables).toMatchObject({ client: { drop: 0 }, backend: { drop: 0 }, host: { drop: 0 } });
    expect(summary.generator.connectionsPerRequest).toBe(1);
    expect(summary.floods['requests']?.failures['conntrack-full']).toBeGreaterThan(0);
    expect(stdout).toMatch(/4,?096/);

    const again = await ctload('report', folder, '--json');
    expect(again.stdout.trimEnd()).toBe(readFileSync(join(folder, 'summary.json'), 'utf8').trimEnd());
  });
});
