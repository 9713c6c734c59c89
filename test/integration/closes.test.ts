import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/platform/exit-codes.ts';
import { mostListed, runScenario, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

/** With the limits, so that the table is far from full: where one is 95 % full, as with ballast, gc may take closing entries. */
function run(flood: string) {
  const settings = ['gateway.conntrack={max: 2000, method: sysctl}', `floods={requests: {kind: short, ${flood}}}`];
  const flags = settings.flatMap((assignment) => ['--set', assignment]);
  return runScenario('smoke.yaml', flags, [0, ExitCode.generatorBound]);
}

describe('how connections end', skipFor(unfit), () => {
  it('close: half leaves an entry in CLOSE_WAIT for every connection, and none in TIME_WAIT', async () => {
    const { summary, folder } = await run('executor: constant-arrival-rate, rate: 100, duration: 3s, close: half');
    expect(summary.floods['requests']).toMatchObject({ attempted: 300, succeeded: 300, peakOpen: 300 });
    expect(summary.conntrack.peakEntries).toBeGreaterThan(250);
    expect(mostListed(folder, 'CLOSE_WAIT')).toBeGreaterThan(250);
    expect(mostListed(folder, 'TIME_WAIT')).toBeLessThan(5);
  });
});
