import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fillTable } from '../../../src/lab/capacity/ballast.ts';
import { namespaceHost } from '../../../src/lab/host/namespaces.ts';
import { until } from '../../../src/platform/clock.ts';
import { ctload, hostLimits, type Ran, readSummary, temporaryFolder, unfit } from '../support/ctload.ts';
import { EXTERNAL } from '../support/external.ts';
import { skipFor } from '../support/skip.ts';

/** A path with two tables: that of the client's own namespace, which tracks what it sends, and the gateway's. */
const P = `xm${process.pid}`;
const CLIENT = `netns:${P}c`;
const GATEWAY = `netns:${P}g`;
const site = EXTERNAL(P);
let server: ReturnType<typeof spawn>;

beforeAll(async () => {
  if (unfit !== undefined) return;
  site.up();
  // What the load processes try on loopback beforehand, to warm up, is to have no entries here.
  const rules = `table ip own {
    chain raw { type filter hook output priority -300; oifname lo notrack; }
    chain out { type filter hook output priority 0; ct state invalid counter; }
  }`;
  execFileSync('ip', ['netns', 'exec', `${P}c`, 'nft', '-f', '-'], { input: rules });
  const script = `require('node:http').createServer((q, r) => { r.shouldKeepAlive = false; r.end('ok\\n'); }).listen(8080, () => console.log('up'))`;
  server = spawn('ip', ['netns', 'exec', `${P}b`, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let up = false;
  server.stdout?.on('data', () => {
    up = true;
  });
  expect(await until(() => up, 10)).toBe(true);
});

afterEach(() => {
  if (unfit === undefined) for (const role of ['c', 'g']) flush(role);
});

afterAll(() => {
  server?.kill('SIGKILL');
  site.down();
});

function flush(role: string): void {
  execFileSync('ip', ['netns', 'exec', `${P}${role}`, 'conntrack', '-F'], { stdio: 'ignore' });
}

/** Leaves room for `free` entries in a table. */
async function fill(role: 'c' | 'g', free: number): Promise<void> {
  const max = Number(/max (\d+)/.exec(hostLimits())?.[1]);
  flush(role);
  await fillTable(namespaceHost(`${P}${role}`, 'gateway'), 'ballast', max - free, AbortSignal.timeout(60_000));
}

async function run(conntrack: string): Promise<Ran & { folder: string }> {
  const folder = temporaryFolder();
  const file = join(folder, 'tables.yaml');
  writeFileSync(
    file,
    `version: 1
name: tables
lab: {driver: external, target: 198.18.1.1:80, conntrack: ${conntrack}, client: ${CLIENT}}
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: 200, duration: 4s, connectTimeout: 1500ms}
`,
  );
  const output = join(folder, 'run');
  return { ...(await ctload('run', file, '--output', output)), folder: output };
}

describe('driver external with several tables', skipFor(unfit), () => {
  it('names the table that drops first, and accounts for the drops of both', async () => {
    await fill('g', 200);
    await fill('c', 240); // soon after the other: what is not ASSURED may be evicted by gc from a table that is nearly full
    const { code, folder, stdout } = await run(`[${CLIENT}, ${GATEWAY}]`);
    const { verdict, accounting, conntrack, breakingPoint, attribution } = readSummary(folder);
    expect(code, stdout).toBe(0);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    const [client, gateway] = conntrack.gateways ?? [];
    expect(client).toMatchObject({ name: CLIENT, isFirst: false, tracksLoad: true });
    expect(gateway).toMatchObject({ name: GATEWAY, isFirst: true, tracksLoad: true });
    expect(client?.drop).toBeGreaterThan(0);
    expect(gateway?.drop).toBeGreaterThan(0);
    expect(breakingPoint?.atSeconds).toBe(gateway?.firstDropAtSeconds);
    expect(accounting.kernelDrops).toBe((client?.drop ?? 0) + (gateway?.drop ?? 0));
    expect(accounting.share).toBeCloseTo(1, 1);
    expect(attribution[0]?.cause).toBe('conntrack-full');
    expect(verdict.reasons[0]).toContain(`The table of ${GATEWAY} held`);
    expect(stdout).toContain('(first)');
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    for (const name of [CLIENT, GATEWAY]) expect(page).toContain(name);
    expect(readFileSync(join(folder, 'timeline.csv'), 'utf8').split('\r\n')[0]).toContain(`entries_max_netns_${P}g`);
  });

  it('names the table of the client when that drops first', async () => {
    await fill('c', 200);
    const { code, folder, stdout } = await run(`[${CLIENT}, ${GATEWAY}]`);
    const { verdict, accounting, conntrack, floods } = readSummary(folder);
    expect(code, stdout).toBe(0);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(conntrack.gateways?.map(({ isFirst, drop }) => [isFirst, drop > 0])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(accounting.share).toBeCloseTo(1, 1);
    expect(floods['requests']?.succeeded).toBeGreaterThanOrEqual(200);
  });

  it('looks at the client’s own table even if it is not listed, and is not certain then', async () => {
    await fill('c', 200);
    const { code, folder, stdout } = await run(GATEWAY);
    const { verdict, conntrack, attribution } = readSummary(folder);
    expect(code, stdout).toBe(111);
    expect(conntrack.drop).toBe(0);
    expect(conntrack.otherTables.client?.drop).toBeGreaterThan(0);
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(verdict.reasons[0]).toContain("the client's table dropped");
    expect(verdict.reasons[0]).toContain('List its namespace in lab.conntrack');
    expect(stdout).toContain('another table dropped packets: client');
    expect(stdout).not.toContain('although no conntrack table');
    expect(attribution[0]?.evidence).toContain("but the client's table dropped");
  });

  it('refuses two names of one namespace', async () => {
    const holder = spawn('ip', ['netns', 'exec', `${P}g`, 'sleep', '60'], { stdio: 'ignore' });
    try {
      const entered = () => readFileSync(`/proc/${holder.pid}/comm`, 'utf8').trim() === 'sleep';
      expect(await until(entered, 10)).toBe(true);
      const { code, stderr } = await run(`[${GATEWAY}, pid:${holder.pid}]`);
      expect(code).toBe(104);
      expect(stderr).toContain(`${GATEWAY} and pid:${holder.pid} are the same network namespace`);
    } finally {
      holder.kill('SIGKILL');
    }
  });
});
