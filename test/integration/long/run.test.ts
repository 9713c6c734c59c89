import { describe, expect, it } from 'vitest';
import { breaksAt, SIZES, STALE_SIZES } from '../support/breaks.ts';
import { leavesHostAlone, runScenario, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const set = (assignment: string) => ['--set', assignment];

describe('ctload run on a real kernel, by sysctl', skipFor(unfit), () => {
  leavesHostAlone();

  it('held.yaml: a load the table can take', async () => {
    const { summary } = await runScenario('held.yaml', [
      ...set('floods.requests.duration=8s'),
      ...set('floods.sockets.stages=[{duration: 4s, target: 300}, {duration: 4s, target: 300}]'),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: null });
    expect(summary.breakingPoint).toBeNull();
    expect(summary.conntrack.drop).toBe(0);
  });

  it.each(SIZES)('breaks at gateway.conntrack.max=$max', (size) => breaksAt(size, 'sysctl'));
});

describe('ctload run on a real kernel, by ballast', skipFor(unfit), () => {
  it.each(STALE_SIZES)('breaks at gateway.conntrack.max=$max', (size) => breaksAt(size, 'ballast', 'stale.yaml'));
});
