import { describe, expect, it } from 'vitest';
import { mostListed, runByBallast, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

function set(assignment: string): string[] {
  return ['--set', assignment];
}

describe('ctload run by ballast, entries in TIME_WAIT', skipFor(unfit), () => {
  it('finds the point of smoke.yaml with the nftables dataplane and close: rst', async () => {
    const flags = [...set('gateway.dataplane=nftables'), ...set('floods.requests.close=rst')];
    const { summary, folder } = await runByBallast('smoke.yaml', flags);
    expect(summary.verdict.kind).toBe('broke');
    expect(mostListed(folder, 'CLOSE')).toBeGreaterThan(mostListed(folder, 'TIME_WAIT'));
  });
});
