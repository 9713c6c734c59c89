import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillTable } from '../../../src/lab/capacity/ballast.ts';
import { namespaceHost } from '../../../src/lab/host/namespaces.ts';
import type { ConntrackRecord } from '../../../src/model/timeline/sample.ts';
import { until } from '../../../src/platform/clock.ts';
import { CLI, ctload, hostLimits, readRecords, readSummary, start, unfit } from '../support/ctload.ts';
import { EXTERNAL } from '../support/external.ts';
import { install } from '../support/install.ts';
import { Monitoring } from '../support/prometheus.ts';
import { skipFor } from '../support/skip.ts';

const missing = install(['prometheus', 'prometheus'], ['prometheus-node-exporter', 'prometheus-node-exporter'])
  ? undefined
  : 'needs prometheus and prometheus-node-exporter, and apt cannot install them';
/** A gateway of somebody else's, with the limit of this machine, which stays. */
const P = `pt${process.pid}`;
const G = `${P}g`;
const site = EXTERNAL(P);
const SERVER = `require('node:http').createServer().listen(8080)`;
/** Prometheus and ctload evaluate every second. */
const TWO_EVALUATIONS = 2;

let folder = '';
let rules = '';
let monitoring: Monitoring;
let server: ReturnType<typeof spawn>;

beforeAll(async () => {
  if ((unfit ?? missing) !== undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'ctload-prometheus-'));
  const plan = join(folder, 'plan');
  const planning = ['plan', '--here', '--websockets', '1000', '--rate', '10', '--output', plan];
  execFileSync(process.execPath, [CLI, ...planning], { stdio: 'ignore' });
  rules = join(plan, 'conntrack-alerts.yaml');
  site.up();
  server = spawn('ip', ['netns', 'exec', `${P}b`, process.execPath, '-e', SERVER], { stdio: 'ignore' });
  monitoring = new Monitoring(G, folder, rules);
  await monitoring.ready();
});

afterAll(() => {
  server?.kill('SIGKILL');
  monitoring?.stop();
  site.down();
  rmSync(folder, { recursive: true, force: true });
});

/** Fills the gateway's table up to `most` entries less `room`, and loads it with connections that stay, 200 a second. */
async function load(most: number, room: number, exit: number) {
  execFileSync('ip', ['netns', 'exec', G, 'conntrack', '-F'], { stdio: 'ignore' });
  await fillTable(namespaceHost(G, 'gateway'), 'ballast', most - room, AbortSignal.timeout(60_000));
  const file = join(folder, 'held.yaml');
  writeFileSync(
    file,
    `version: 1
name: held
lab: {driver: external, target: '198.18.1.1:80', conntrack: 'netns:${G}', client: 'netns:${P}c'}
floods:
  sockets: {kind: long, protocol: tcp, executor: constant-arrival-rate, rate: 200, duration: 6s, connectTimeout: 1500ms}
`,
  );
  const output = join(folder, `run-${room}`);
  const every = ['--scrape-interval', '1s', '--evaluation-interval', '1s'];
  const { code, stdout, stderr } = await ctload('run', file, '--output', output, '--alert-rules', rules, ...every);
  expect(code, stderr + stdout).toBe(exit);
  const { alertRules } = readSummary(output);
  const saidOf = (name: string) => alertRules?.alerts.find((alert) => alert.name === name)?.firingAtSeconds ?? Number.NaN;
  return { saidOf, epoch: epochOf(output) };
}

/** When the load started, by Prometheus' clock: entries only rise, so each number of them is a time in both records. */
function epochOf(output: string): number {
  const recorded = readRecords(output).filter(
    (record): record is ConntrackRecord => record.type === 'conntrack' && record.host === 'gateway' && record.t >= 0,
  );
  const [first] = recorded;
  const most = Math.max(...recorded.map(({ entries }) => entries));
  const [series] = monitoring.query<{ values: [number, string][] }>('node_nf_conntrack_entries{job="node"}[60s]');
  const apart = (series?.values ?? []).flatMap(([at, value]) => {
    const entries = Number(value);
    const same = recorded.find((record) => record.entries >= entries);
    return entries > (first?.entries ?? most) + 50 && entries < most - 50 && same !== undefined ? [at - same.t] : [];
  });
  expect(apart.length).toBeGreaterThan(0);
  return apart.sort((a, b) => a - b)[Math.floor(apart.length / 2)] ?? Number.NaN;
}

async function firedAt(name: string): Promise<number[]> {
  expect(await until(() => monitoring.alerts(name).length === 2, 10)).toBe(true);
  const alerts = monitoring.alerts(name);
  expect(alerts.map(({ labels }) => labels['job']).sort()).toEqual(['node', 'watch']);
  return alerts.map(({ activeAt }) => Date.parse(activeAt) / 1000);
}

describe('a real Prometheus, with the rules that plan wrote', skipFor(unfit ?? missing), () => {
  it('fires when ctload says, on figures of node_exporter and of watch, when the table fills', async () => {
    const max = Number(/max (\d+)/.exec(hostLimits())?.[1]);
    const threshold = Number(/entries_limit > ([\d.]+)\n/.exec(readFileSync(rules, 'utf8'))?.[1]);
    expect(monitoring.alerts('ConntrackTableFilling')).toEqual([]);
    const { saidOf, epoch } = await load(Math.ceil(max * threshold), 500, 0);
    const said = saidOf('ConntrackTableFilling');
    expect(said).toBeGreaterThan(0);
    for (const at of await firedAt('ConntrackTableFilling'))
      expect(Math.abs(at - epoch - said)).toBeLessThanOrEqual(TWO_EVALUATIONS);
    expect(monitoring.alerts('ConntrackDropping')).toEqual([]);
  });

  it('fires when ctload says when the table drops, and has what diagnose needs', async () => {
    const max = Number(/max (\d+)/.exec(hostLimits())?.[1]);
    const { saidOf, epoch } = await load(max, 500, 0);
    const said = saidOf('ConntrackDropping');
    expect(said).toBeGreaterThan(0);
    for (const at of await firedAt('ConntrackDropping')) expect(Math.abs(at - epoch - said)).toBeLessThanOrEqual(TWO_EVALUATIONS);

    const diagnose = async (...args: string[]) => {
      const command = ['ip', 'netns', 'exec', G, process.execPath, CLI, 'diagnose', '--json', '--prometheus'];
      return start(args, command).ended;
    };
    const from = String(epoch - 1);
    const several = await diagnose('http://127.0.0.1:9090', '--from', from);
    expect(several).toMatchObject({ code: 2, stderr: expect.stringContaining('127.0.0.1:9100 and 127.0.0.1:9469') });
    for (const instance of ['127.0.0.1:9100', '127.0.0.1:9469']) {
      const { code, stdout, stderr } = await diagnose('http://127.0.0.1:9090', '--from', from, '--instance', instance);
      expect(code, stderr).toBe(0);
      const { conclusion, findings } = JSON.parse(stdout);
      expect(conclusion).toMatchObject({ kind: 'found', causes: ['table-full'] });
      expect(findings[0].figures.drop.rise).toBeGreaterThan(0);
    }
    const before = await diagnose('http://127.0.0.1:9090', '--from', '2h', '--to', '1h');
    expect(before).toMatchObject({ code: 2, stderr: expect.stringContaining('has no node_nf_conntrack_entries') });
    const exporter = await diagnose('http://127.0.0.1:9100', '--from', '1m');
    expect(exporter).toMatchObject({ code: 100, stderr: expect.stringContaining('is not the HTTP API of a Prometheus') });
    const nobody = await diagnose('http://127.0.0.1:9999', '--from', '1m');
    expect(nobody).toMatchObject({ code: 100, stderr: expect.stringContaining('cannot reach Prometheus') });
  });
});
