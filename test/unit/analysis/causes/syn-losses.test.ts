import { describe, expect, it } from 'vitest';
import { synLossDivider } from '../../../../src/analysis/causes/syn-losses.ts';
import { LATENCY, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

describe('attempts that lost SYNs next to a full table', () => {
  const { accounting: plain } = summarize(run({ fullAt: 6.005 }), LATENCY);
  const lost = { ...plain, synRetransmissions: 80, abandoned: 20, timeWaitDropped: 0 };
  const divided = (counts: readonly number[], changes: Partial<typeof plain>, tableShare: number) => {
    const causes = { otherwise: 'connect-timeout', clashes: 'snat-ports-exhausted' } as const;
    const divide = synLossDivider({ accounting: { ...lost, ...changes }, tableShare, ...causes });
    const sums: Record<string, number> = {};
    for (const { cause, count } of counts.flatMap(divide)) sums[cause] = (sums[cause] ?? 0) + count;
    return sums;
  };

  it("are the table's where no other counter rose", () => {
    expect(divided([100], {}, 1)).toEqual({ 'conntrack-full': 100 });
  });

  it('are divided by what other counters hold, and the rest by what the drops explain', () => {
    const changes = { listenDropped: 20, chainRefused: 20, ruleDropped: 10 };
    const parts = {
      'conntrack-full': 40,
      'dropped-by-rule': 10,
      'listen-overflow': 20,
      'hash-chains-full': 20,
      'connect-timeout': 10,
    };
    expect(divided([100], changes, 0.8)).toEqual(parts);
    expect(divided(new Array(100).fill(1), changes, 0.8)).toEqual(parts);
  });
});
