import { expect } from 'vitest';
import { later, withFault } from './faults.ts';

/** A flush in the middle of a run by lease leaves no certain verdict. `max`: an assignment of the size of the table. */
export async function flushLeavesDoubt(max: string): Promise<void> {
  const flags = ['gateway.conntrack.method=sysctl', max];
  const { summary, code } = await withFault((lab) => lab.on('gateway', later(3, 'conntrack -F')), flags);
  expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
  expect(summary.verdict.reasonCodes).toContain('entries-vanished');
  expect(summary.breakingPoint).toBeNull();
  expect(code).toBe(111);
}
