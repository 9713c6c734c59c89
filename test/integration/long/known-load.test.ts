import { describe, expect, it } from 'vitest';
import type { PlanReport } from '../../../src/model/result/plan/plan.ts';
import { ctload, leavesHostAlone, temporaryFolder, unfit } from '../support/ctload.ts';
import { type KnownLoad, listKnownLoad } from '../support/known-load.ts';
import { skipFor } from '../support/skip.ts';

const TRUE: KnownLoad = {
  rate: 100,
  leakRate: 40,
  closeWaitRate: 25,
  udpFlows: 60,
  halfOpenRate: 20,
  dnsFlows: 30,
  held: 200,
};
const NODE = ['--cores', '2', '--memory', '8Gi', '--kube-proxy-version', 'none', '--stale-after', '3s'];

const FORMS = {
  '-L': 'conntrack -L',
  '-L -o extended': 'conntrack -L -o extended',
  '-L -o xml': 'conntrack -L -o xml',
  '/proc/net/nf_conntrack': 'cat /proc/net/nf_conntrack',
  gzip: 'conntrack -L | gzip',
} as const;

describe('a listing of a lab whose load is known', skipFor(unfit), () => {
  leavesHostAlone();

  it('is turned into a load within a tenth of every true figure, in every form', async () => {
    const lab = { load: TRUE, max: 100_000, seconds: 15, folder: temporaryFolder() };
    const { code, stderr, listings } = await listKnownLoad(lab, 10, Object.values(FORMS));
    expect(code, stderr).toBe(0);
    for (const [index, form] of Object.keys(FORMS).entries()) {
      const plan = await ctload('plan', ...NODE, '--table', listings[index] ?? '', '--json');
      expect(plan.code, plan.stderr).toBe(0);
      const { load, table } = JSON.parse(plan.stdout) as PlanReport;
      expect(table?.damaged.lines).toBe(0);
      for (const [name, value] of Object.entries(TRUE)) {
        const estimate = load[name as keyof KnownLoad]?.value ?? Number.NaN;
        expect(Math.abs(estimate / value - 1), `${form}: ${name} ${estimate}, true ${value}`).toBeLessThan(0.1);
      }
    }
  });
});
