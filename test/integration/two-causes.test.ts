import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/model/result/summary.ts';
import type { FailureCause } from '../../src/model/timeline/attempt.ts';
import { unfit } from './support/ctload.ts';
import { withFault } from './support/faults.ts';
import { skipFor } from './support/skip.ts';

const evidence = (summary: Summary, cause: FailureCause) => summary.attribution.find((item) => item.cause === cause);

describe('failures of two causes', skipFor(unfit), () => {
  it('a full table and a slow backend at once: both, with shares that add up', async () => {
    const { summary } = await withFault(() => {}, [
      'backend.delay=2s',
      'gateway.conntrack.max=600',
      'gateway.conntrack.method=sysctl',
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.attribution.map(({ cause }) => cause).sort()).toEqual(['conntrack-full', 'response-timeout']);
    expect(summary.attribution.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
    const { failed = 0, attempted = 0 } = summary.floods['requests'] ?? {};
    expect(summary.attribution.reduce((sum, item) => sum + item.failed, 0)).toBe(failed);
    expect(failed).toBe(attempted);
    expect(evidence(summary, 'response-timeout')?.failed).toBeGreaterThanOrEqual(590);
  });
});
