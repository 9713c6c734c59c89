import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillTable } from '../../../src/lab/capacity/ballast.ts';
import { namespaceHost } from '../../../src/lab/host/namespaces.ts';
import { until } from '../../../src/platform/clock.ts';
import {
  ctload,
  expectBalanced,
  hostLimits,
  type Ran,
  readRecords,
  readSummary,
  temporaryFolder,
  unfit,
} from '../support/ctload.ts';
import { EXTERNAL } from '../support/external.ts';
import { skipFor } from '../support/skip.ts';

/** A gateway of somebody else's: namespaces by names of their own, DNAT and masquerade, a server that is not ctload's. */
const P = `xt${process.pid}`;
const site = EXTERNAL(P);
let server: ReturnType<typeof spawn>;

beforeAll(async () => {
  if (unfit !== undefined) return;
  site.up();
  const script = `require('node:http').createServer((q, r) => { r.shouldKeepAlive = false; r.end('ok\\n'); }).listen(8080, () => console.log('up'))`;
  server = spawn('ip', ['netns', 'exec', `${P}b`, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let up = false;
  server.stdout?.on('data', () => {
    up = true;
  });
  expect(await until(() => up, 10)).toBe(true);
});

afterAll(() => {
  server?.kill('SIGKILL');
  site.down();
});

interface Shape {
  readonly target?: string;
  readonly conntrack?: string;
  readonly rate?: number;
}

async function run({
  target = '198.18.1.1:80',
  conntrack = `netns:${P}g`,
  rate = 200,
}: Shape): Promise<Ran & { folder: string }> {
  const folder = temporaryFolder();
  const file = join(folder, 'external.yaml');
  writeFileSync(
    file,
    `version: 1
name: external
lab: {driver: external, target: ${target}, conntrack: ${conntrack}, client: netns:${P}c}
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: ${rate}, duration: 3s, connectTimeout: 1500ms}
`,
  );
  const output = join(folder, 'run');
  return { ...(await ctload('run', file, '--output', output)), folder: output };
}

describe('driver external', skipFor(unfit), () => {
  it("loads a gateway it has not built and reads that gateway's table", async () => {
    const limits = hostLimits();
    const { code, folder, stderr, stdout } = await run({});
    expect(code, stderr + stdout).toBe(0);
    const summary = readSummary(folder);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: null });
    expect(summary.floods['requests']).toMatchObject({ attempted: 600, succeeded: 600 });
    // One entry a connection, all in TIME_WAIT for longer than the run; nothing else passes this gateway.
    expect(summary.conntrack.peakEntries).toBe(600);
    expect(summary.conntrack).toMatchObject({ method: 'in-force', ballast: 0, prefilled: 0, drop: 0 });
    expect(`max ${summary.conntrack.effectiveMax} buckets ${summary.conntrack.buckets}`).toBe(limits);
    expect(Object.keys(summary.conntrack.otherTables).sort()).toEqual(['client', 'host']);
    expect(summary.prediction).toEqual([]);
    expect(summary.generator.connectionsPerRequest).toBeNull();
    expect(readRecords(folder).filter(({ type }) => type === 'backend')).toEqual([]);
    expect(stdout).toContain('in-force: nf_conntrack_max');
    expect(hostLimits()).toBe(limits);
  });

  it('finds the namespace of a process as well', async () => {
    const holder = spawn('ip', ['netns', 'exec', `${P}g`, 'sleep', '60'], { stdio: 'ignore' });
    try {
      const { code, folder, stderr } = await run({ conntrack: `pid:${holder.pid}` });
      expect(code, stderr).toBe(0);
      expect(readSummary(folder).verdict.kind).toBe('held');
    } finally {
      holder.kill('SIGKILL');
    }
  });

  it('proves nothing of a table that is not monitored', async () => {
    const { code, folder, stdout } = await run({ conntrack: 'none' });
    expect(code, stdout).toBe(111);
    const summary = readSummary(folder);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive', cause: null });
    expect(summary.verdict.reasons[0]).toContain('not monitored');
    expect(summary.floods['requests']).toMatchObject({ succeeded: 600 });
    expect(summary.conntrack).toMatchObject({ method: 'unknown', samples: 0 });
    expect(stdout).not.toMatch(/NaN|0 of 0/);
  });

  it('names what refused the connections, without the backend’s counters', async () => {
    const { code, folder, stdout } = await run({ target: '198.18.1.1:81', rate: 100 });
    expect(code).toBe(111);
    const { verdict, attribution } = readSummary(folder);
    expect(verdict).toMatchObject({ kind: 'inconclusive', cause: 'refused' });
    expect(attribution[0]?.evidence).toContain("the backend's kernel sent an unknown number of resets");
    expect(stdout).toContain('refused');
  });

  it('proves that a table full of others’ entries broke', async () => {
    const gateway = namespaceHost(`${P}g`, 'gateway');
    const max = Number(/max (\d+)/.exec(hostLimits())?.[1]);
    execFileSync('ip', ['netns', 'exec', `${P}g`, 'conntrack', '-F'], { stdio: 'ignore' });
    await fillTable(gateway, 'ballast', max - 200, AbortSignal.timeout(60_000));
    const { code, folder, stdout } = await run({});
    execFileSync('ip', ['netns', 'exec', `${P}g`, 'conntrack', '-F'], { stdio: 'ignore' });
    expect(code, stdout).toBe(0);
    const summary = readSummary(folder);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.breakingPoint?.entries).toBe(max);
    const { succeeded = 0, failed = 0 } = summary.floods['requests'] ?? {};
    expect(succeeded).toBeGreaterThanOrEqual(200); // gc may come by meanwhile, and take some that are closed
    expect(failed).toBeGreaterThan(0);
    expectBalanced(summary);
    expect(summary.verdict.reasons).toContain(
      'No other monitored conntrack table dropped packets (client 0, host 0); what is behind the gateway is not monitored.',
    );
  });

  it('names what its table dropped of other traffic, and that it broke for this load as well', async () => {
    const gateway = namespaceHost(`${P}g`, 'gateway');
    const max = Number(/max (\d+)/.exec(hostLimits())?.[1]);
    execFileSync('ip', ['netns', 'exec', `${P}g`, 'conntrack', '-F'], { stdio: 'ignore' });
    await fillTable(gateway, 'ballast', max - 200, AbortSignal.timeout(60_000));
    // Datagrams of the gateway's own: its kernel refuses each that finds no free entry, and counts it as dropped.
    const script = `const s = require('node:dgram').createSocket('udp4'); s.on('error', () => {}); let p = 1024;
      setInterval(() => { for (let i = 0; i < 20; i++) s.send('x', 1024 + (p++ % 60000), '198.19.0.2', () => {}); }, 10)`;
    const others = spawn('ip', ['netns', 'exec', `${P}g`, process.execPath, '-e', script], { stdio: 'ignore' });
    try {
      const { code, folder, stdout } = await run({});
      expect(code, stdout).toBe(0);
      const summary = readSummary(folder);
      expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
      expect(summary.verdict.reasonCodes).toContain('other-traffic-dropped');
      expect(summary.attribution[0]?.cause).toBe('conntrack-full');
      expect(summary.accounting.share).toBeLessThan(0.97);
    } finally {
      others.kill('SIGKILL');
      execFileSync('ip', ['netns', 'exec', `${P}g`, 'conntrack', '-F'], { stdio: 'ignore' });
    }
  });

  it('says what it cannot enter', async () => {
    const { code, stderr } = await run({ conntrack: 'netns:nowhere' });
    expect(code).toBe(112);
    expect(stderr).toContain('lab.conntrack: cannot enter the network namespace netns:nowhere');
  });

  it('leaves the namespaces as they were', () => {
    const rules = execFileSync('ip', ['netns', 'exec', `${P}c`, 'nft', 'list', 'ruleset'], { encoding: 'utf8' });
    expect(rules).toBe('');
    expect(execFileSync('ip', ['netns', 'pids', `${P}g`], { encoding: 'utf8' })).toBe('');
  });
});
