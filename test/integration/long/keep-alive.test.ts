import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { runScenario, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

/** By ballast, so that others may run beside it; where the table of one of them is full, gc may take closing entries from this one. */
function run(flood: string) {
  const settings = ['gateway.conntrack={max: 2000, method: ballast}', `floods={requests: {kind: short, ${flood}}}`];
  const flags = settings.flatMap((assignment) => ['--set', assignment]);
  return runScenario('smoke.yaml', flags, [0, ExitCode.generatorBound]);
}

describe('connections that stay open', skipFor(unfit), () => {
  it('keep-alive: ten requests share one connection and one entry', async () => {
    const load = 'executor: constant-arrival-rate, rate: 50, duration: 2s';
    const { summary } = await run(`${load}, requestsPerConnection: 10, lifetime: 500ms`);
    const { attempted, succeeded, latencyMs } = summary.floods['requests'] ?? {};
    expect([attempted, succeeded]).toEqual([100, 100]);
    expect(summary.conntrack.peakEntries).toBeLessThanOrEqual(102);
    expect(latencyMs?.['waiting']?.count).toBeGreaterThan(800); // those that the end of the load cut short sent fewer
  });
});
