import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AlertOutlook } from '../../../src/model/result/series.ts';
import { deriveReport } from '../../../src/session/results/derive.ts';
import { violations } from '../../schemas/violations.ts';
import { ctload, ROOT, temporaryFolder } from '../support/ctload.ts';
import { install } from '../support/install.ts';
import { skipFor } from '../support/skip.ts';

const missing = install(['prometheus', 'promtool']) ? undefined : 'needs promtool, and apt cannot install it';
/** docs/node-mixin/alerts/alerts.libsonnet, as kube-prometheus renders it. */
const RULES = `groups:
- name: node-exporter
  rules:
  - alert: NodeHighNumberConntrackEntriesUsed
    expr: (node_nf_conntrack_entries{job="node-exporter"} / node_nf_conntrack_entries_limit) > 0.75
    labels: {severity: warning}
  - alert: Slow
    expr: node_nf_conntrack_entries > 0
    for: 1h
  - alert: Never
    expr: node_nf_conntrack_entries > 1e9
`;

function recorded(): { folder: string; rules: string } {
  const folder = join(temporaryFolder(), 'run');
  cpSync(join(ROOT, 'test/fixtures/runs/smoke'), folder, { recursive: true });
  const rules = join(folder, '../rules.yml');
  writeFileSync(rules, RULES);
  return { folder, rules };
}

/** What the built-in judgement says of all phases of a scrape. */
function builtIn(folder: string, scrapeSeconds: number): AlertOutlook | undefined {
  return deriveReport(folder).series.alerts.find((one) => one.rule === 'utilization' && one.scrapeSeconds === scrapeSeconds);
}

describe("the user's alerting rules", skipFor(missing), () => {
  it("fire, by Prometheus' own engine, when ctload's own judgement says", async () => {
    const { folder, rules } = recorded();
    const { code, stdout, stderr } = await ctload(
      'report',
      folder,
      '--json',
      '--alert-rules',
      rules,
      '--scrape-interval',
      '100ms',
    );
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout);
    expect(violations('summary', summary)).toEqual([]);
    const [high, slow, never] = summary.alertRules.alerts;
    const { earliestSeconds = 0 } = builtIn(folder, 15) ?? {};
    // Its best phase sees the first sample above; a scrape every 0.1 s sees it within 0.1 s.
    expect(high.firingAtSeconds).toBeGreaterThanOrEqual(earliestSeconds ?? Number.NaN);
    expect(high.firingAtSeconds).toBeLessThanOrEqual((earliestSeconds ?? Number.NaN) + 0.1 + 1e-6);
    expect(high.leadSeconds).toBeCloseTo(
      (deriveReport(folder).series.firstLostAtSeconds ?? Number.NaN) - high.firingAtSeconds,
      5,
    );
    expect(slow.pendingAtSeconds).toBeGreaterThanOrEqual(0);
    expect(slow.firingAtSeconds).toBeNull();
    expect(never).toMatchObject({ pendingAtSeconds: null, firingAtSeconds: null });
  });

  it('do not fire between two scrapes', async () => {
    const { folder, rules } = recorded();
    const { stdout } = await ctload('report', folder, '--alert-rules', rules, '--scrape-interval', '1h');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('3 alerts stayed inactive (scraped every 3600 s, evaluated every 3600 s)');
  });

  it('stay in the folder: the next report needs no promtool', async () => {
    const { folder, rules } = recorded();
    const first = await ctload('report', folder, '--alert-rules', rules, '--scrape-interval', '1s');
    rmSync(rules);
    const second = await ctload('report', folder);
    expect(second.stdout).toBe(first.stdout);
    expect(second.stdout).toMatch(/NodeHighNumberConntrackEntriesUsed fired at/);
    expect(existsSync(join(folder, 'alert-rules.yaml'))).toBe(true);
  });

  it('are refused with what Prometheus has against them', async () => {
    const { folder, rules } = recorded();
    writeFileSync(rules, RULES.replace('> 0.75', '> ('));
    const { code, stderr } = await ctload('report', folder, '--alert-rules', rules);
    expect(stderr).toMatch(/Prometheus does not accept the rules: .*could not parse expression/s);
    expect(code).toBe(2);
  });
});
