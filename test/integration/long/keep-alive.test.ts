import { describe, expect, it } from 'vitest';
import { leavesHostAlone, runScenario, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const FLOOD = 'kind: short, executor: constant-arrival-rate, rate: 50, duration: 2s, requestsPerConnection: 10, lifetime: 500ms';

describe('connections that stay open', skipFor(unfit), () => {
  leavesHostAlone();

  it('keep-alive: ten requests share one connection and one entry', async () => {
    const flags = ['--set', 'gateway.conntrack.max=2000', '--set', `floods={requests: {${FLOOD}}}`];
    const { summary } = await runScenario('smoke.yaml', flags);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid' });
    const { attempted, succeeded, latencyMs } = summary.floods['requests'] ?? {};
    expect([attempted, succeeded]).toEqual([100, 100]);
    expect(summary.conntrack.peakEntries).toBeLessThanOrEqual(102);
    expect(latencyMs?.['waiting']?.count).toBeGreaterThan(800); // those that the end of the load cut short sent fewer
  });
});
