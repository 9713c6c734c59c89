import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostLimits, readSummary, unfit } from '../support/ctload.ts';
import { ctloadAsNobody, nobodysFolder } from '../support/nobody.ts';
import { skipFor } from '../support/skip.ts';

describe('ctload run without root', skipFor(unfit), () => {
  it('runs rootless as nobody, by ballast, without touching a host-wide value', async () => {
    const limits = hostLimits();
    const folder = nobodysFolder();
    const small = '--set gateway.conntrack.max=500 --set floods.leaked.duration=4s --set floods.leaked.connectTimeout=1500ms';
    const run = await ctloadAsNobody(`run scenarios/stale.yaml ${small} --output ${folder}/run`);
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
