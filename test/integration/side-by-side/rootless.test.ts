import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, hostLimits, ROOT, readSummary, start, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

describe('ctload run without root', skipFor(unfit), () => {
  it('runs rootless as nobody, by ballast, without touching a host-wide value', async () => {
    const limits = hostLimits();
    const folder = temporaryFolder();
    execFileSync('chmod', ['777', folder]);
    const asNobody = (command: string) => start(['-c', command], ['su', 'nobody', '-s', '/bin/sh']);
    let clone = ROOT;
    if ((await asNobody(`test -r ${CLI}`).ended).code !== 0) {
      // A clone below a private folder: nobody needs one of its own.
      clone = join(folder, 'clone');
      for (const part of ['dist', 'node_modules', 'scenarios', 'package.json']) {
        cpSync(join(ROOT, part), join(clone, part), { recursive: true });
      }
    }
    const small = '--set gateway.conntrack.max=500 --set floods.leaked.duration=4s --set floods.leaked.connectTimeout=1500ms';
    const command = `${process.execPath} dist/cli.js run scenarios/stale.yaml ${small} --output ${folder}/run`;
    const run = asNobody(`cd ${clone} && ${command}`);
    const { code, stderr } = await run.ended;
    expect(hostLimits()).toBe(limits);
    expect(code, stderr).toBe(0);
    const summary = readSummary(join(folder, 'run'));
    expect(summary.environment.rootless).toBe(true);
    expect(summary.conntrack.method).toBe('ballast');
    expect(summary.verdict.kind).toBe('broke');
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - summary.conntrack.effectiveMax)).toBeLessThanOrEqual(3);
    expect(existsSync(join(folder, 'run', 'latency.hlog'))).toBe(true);
  });
});
