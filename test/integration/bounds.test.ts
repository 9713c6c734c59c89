import { describe, expect, it } from 'vitest';
import { ctload, leavesHostAlone, readSummary, temporaryFolder, unfit } from './support/ctload.ts';
import { withFault } from './support/faults.ts';
import { skipFor } from './support/skip.ts';

describe('a breaking point that is only a bound', skipFor(unfit), () => {
  leavesHostAlone();

  it('the sampler stopped for 3 s around the break: no later than measured, and who felt it first', async () => {
    const { code, summary } = await withFault(
      ({ pids }) => {
        const samplers = pids('gateway', 'processes/sampler');
        for (const pid of samplers) process.kill(pid, 'SIGSTOP');
        setTimeout(() => {
          for (const pid of samplers) process.kill(pid, 'SIGCONT');
        }, 3000);
      },
      ['gateway.conntrack.method=sysctl', 'gateway.conntrack.max=300', 'floods.requests.connectTimeout=1500ms'],
    );
    expect(code).toBe(111);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'inconclusive', bound: 'no-later' });
    expect(summary.verdict.reasonCodes[0]).toBe('samples-missing');
    expect(summary.verdict.reasons[0]).toMatch(/the first affected attempt was scheduled at (2\.9|3\.0)\d s/);
    expect(summary.breakingPoint?.atSeconds).toBeGreaterThan(2.5);
  });

  it('is not compared as an exact figure', async () => {
    const folder = temporaryFolder();
    const sets = ['gateway.conntrack.method=ballast', 'floods={syns: {kind: half-open, executor: burst, connections: 700}}'];
    const { code } = await ctload(
      'run',
      'scenarios/smoke.yaml',
      '-q',
      '--output',
      `${folder}/run`,
      ...sets.flatMap((one) => ['--set', one]),
    );
    expect(code).toBe(111);
    expect(readSummary(`${folder}/run`).verdict).toMatchObject({ kind: 'broke', bound: 'no-earlier' });
    const compared = await ctload('compare', `${folder}/run`, `${folder}/run`);
    expect(compared.code).toBe(2);
    expect(compared.stderr).toContain('has no exact breaking point, only a bound (no-earlier)');
  });
});
