import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runScenario, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const set = (assignment: string) => ['--set', assignment];

describe('other programs beside the lab', skipFor(unfit), () => {
  it('are named with their share of the CPUs, which is not laid at the door of the gateway', async () => {
    for (let loop = 0; loop < 2; loop++) {
      const child = spawn('nice', ['-n', '19', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' });
      onTestFinished(() => void child.kill('SIGKILL'));
    }
    const { summary, stdout } = await runScenario('smoke.yaml', set('gateway.conntrack.method=ballast'));
    const { headroom, verdict } = summary;
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
    expect(headroom.otherCpuShareAtBreak).toBeGreaterThan(0.3);
    expect(headroom.gatewayCpuShareAtBreak).toBeLessThan(0.2);
    expect(headroom.gatewayCpuIsUpperBound).toBe(true);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /gateway CPU at most \d\S* %.*: both look healthy.*other programs at least \d\d %/,
    );
  });
});
