import { describe, expect, it } from 'vitest';
import { unfit } from './support/ctload.ts';
import { later, withFault } from './support/faults.ts';
import { skipFor } from './support/skip.ts';

describe('interference with a run by lease', skipFor(unfit), () => {
  it.each([
    ['a table that has room', 'gateway.conntrack.max=20000'],
    ['a table that would be full a second later', 'gateway.conntrack.max=500'],
  ])('a flush of %s: never a certain verdict', async (_, max) => {
    const flags = ['gateway.conntrack.method=sysctl', max];
    const { summary, code } = await withFault((lab) => lab.on('gateway', later(3, 'conntrack -F')), flags);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(summary.verdict.reasonCodes).toContain('entries-vanished');
    expect(summary.breakingPoint).toBeNull();
    expect(code).toBe(111);
  });

  it('a load and a table that nothing else touches: held, with entries that expire during the run', async () => {
    const flags = [
      'gateway.conntrack.method=sysctl',
      'gateway.conntrack.timeouts.tcp_time_wait=1s',
      'floods.requests.duration=8s',
    ];
    const { summary } = await withFault(() => {}, flags);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid' });
  });
});
