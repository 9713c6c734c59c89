import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYNTHETIC_MARK } from '../../src/model/ballast.ts';
import type { CompositionRecord, ConntrackRecord, NetstatRecord, SamplerRecord, TimelineRecord } from '../../src/model/sample.ts';
import { delay, monotonic, until } from '../../src/platform/clock.ts';
import { type Host, run, spawn } from '../../src/platform/exec.ts';
import { startComposition } from '../../src/probe/composition.ts';
import { startHostProbe } from '../../src/probe/host-probe.ts';
import { startSampler } from '../../src/probe/sampler.ts';
import { OWN_TABLE } from '../../src/probe/table.ts';

const NETNS = `probe-${process.pid}`;
const BALLAST = 300;
const ESTABLISHED = 50;
const SYN_SENT = 7;

const gateway: Host = { name: 'gateway', spawn: (argv, options) => spawn(['ip', 'netns', 'exec', NETNS, ...argv], options) };
const folder = mkdtempSync(join(tmpdir(), 'ctload-probe-'));

function entries(count: number, serverPort: number, rest: string): string[] {
  return Array.from(
    { length: count },
    (_, index) => `-A -s 198.18.1.1 -d 198.18.0.1 -p tcp --sport ${1024 + index} --dport ${serverPort} -t 3600 ${rest}`,
  );
}

async function insert(...lines: string[]): Promise<void> {
  const file = join(folder, 'entries');
  writeFileSync(file, `${lines.join('\n')}\n`);
  await run(['conntrack', '--load-file', file], { host: gateway });
}

/** Starts a sampler that keeps what it records, lets `during` happen, and stops it. */
async function sampled(intervalSeconds: number, during: () => Promise<void>): Promise<TimelineRecord[]> {
  const records: TimelineRecord[] = [];
  const onRecord = (record: TimelineRecord) => records.push(record);
  await using sampler = await startSampler(gateway, { owner: 'gateway', intervalSeconds, ballast: BALLAST, onRecord });
  sampler.start(monotonic() + 0.2);
  await during();
  await sampler.stop();
  return records;
}

const ofType = <Type extends TimelineRecord['type']>(records: readonly TimelineRecord[], type: Type) =>
  records.filter((record): record is Extract<TimelineRecord, { type: Type }> => record.type === type);

describe.skipIf(process.getuid?.() !== 0)('the probe in a real namespace (needs root)', () => {
  beforeAll(async () => {
    await run(['ip', 'netns', 'add', NETNS]);
    const assured = '--state ESTABLISHED -u ASSURED,SEEN_REPLY';
    await insert(
      ...entries(BALLAST, 1000, `${assured} --mark ${SYNTHETIC_MARK}`),
      ...entries(ESTABLISHED, 1001, assured),
      ...entries(SYN_SENT, 1002, '--state SYN_SENT'),
    );
  });
  afterAll(async () => {
    await run(['ip', 'netns', 'delete', NETNS]);
    rmSync(folder, { recursive: true });
  });

  it('counts the entries of its own namespace without the ballast, and follows them', async () => {
    const records = await sampled(0.01, async () => {
      await delay(0.5);
      await insert(...entries(20, 1003, '--state ESTABLISHED -u ASSURED,SEEN_REPLY'));
      await delay(0.3);
    });
    const samples: ConntrackRecord[] = ofType(records, 'conntrack');
    expect(samples[0]).toMatchObject({ host: 'gateway', entries: ESTABLISHED + SYN_SENT, drop: 0, earlyDrop: 0 });
    expect(samples[0]?.t).toBeLessThan(0);
    expect(samples.at(-1)?.entries).toBe(ESTABLISHED + SYN_SENT + 20);
    const inserts = samples.flatMap(({ insert }) => insert ?? []); // ctnetlink's own counter
    expect((inserts.at(-1) ?? 0) - (inserts[0] ?? 0)).toBe(20);
    expect(samples.filter(({ drop }) => drop !== undefined)).toHaveLength(1); // only what changed is said again
    await run(['conntrack', '-D', '-p', 'tcp', '--dport', '1003'], { host: gateway });
  });

  it.each([0.01, 0.001])('keeps an interval of %d s and knows how well', async (interval) => {
    const records = await sampled(interval, () => delay(2));
    const [punctuality] = ofType(records, 'sampler') as [SamplerRecord];
    const samples = ofType(records, 'conntrack');
    const [first, last] = [samples[0]?.t ?? 0, samples.at(-1)?.t ?? 0];
    expect(samples.length).toBeGreaterThan(((last - first) / interval) * 0.8);
    expect(punctuality).toMatchObject({ host: 'gateway', intervalSeconds: interval });
    expect(punctuality.onTimeShare).toBeGreaterThan(0.8);
    expect(punctuality.onTimeShare).toBeLessThanOrEqual(1);
    expect(punctuality.cpuShare).toBeLessThan(0.3);
    const onGrid = samples.filter(({ t }) => t - Math.floor(t / interval + 1e-6) * interval < interval / 2);
    expect(onGrid.length).toBeGreaterThan(samples.length * 0.8);
  });

  it('records the TCP counters of its namespace', async () => {
    const records = await sampled(0.1, () => delay(0.3));
    const [netstat] = ofType(records, 'netstat') as [NetstatRecord];
    expect(netstat.host).toBe('gateway');
    expect(netstat.counters).toMatchObject({ TcpExtTCPSynRetrans: 0, TcpExtListenOverflows: 0, TcpActiveOpens: 0 });
  });

  it('lists the states; of marked entries it knows, without listing them, which are prefill', async () => {
    const records: CompositionRecord[] = [];
    await using composition = await startComposition(gateway, { prefilled: BALLAST, onRecord: (record) => records.push(record) });
    composition.start(monotonic());
    expect(await until(() => records.length >= 2, 20)).toBe(true);
    await composition.stop();
    expect(records.length).toBeGreaterThanOrEqual(3); // one more at the end
    expect(records.at(-1)).toMatchObject({
      states: { ESTABLISHED: ESTABLISHED + BALLAST, SYN_SENT },
      unreplied: SYN_SENT,
      assured: ESTABLISHED + BALLAST,
    });
    expect(records.at(-1)?.cost).toBeGreaterThan(0);
  });

  it.each([
    ['sampler', () => startSampler(gateway, { owner: 'gateway', intervalSeconds: 0.01, ballast: 0, onRecord: () => {} })],
    ['composition', () => startComposition(gateway, { prefilled: 0, onRecord: () => {} })],
  ])('notices that the %s was killed', async (_, start) => {
    await using probe = await start();
    probe.start(monotonic());
    process.kill(probe.pid ?? 0, 'SIGKILL');
    expect(await probe.lost).toContain('on gateway ended: killed by SIGKILL');
  });

  it.each(['sampler-process', 'composition-process'])('%s ends by itself when its owner is gone', async (name) => {
    const settings = JSON.stringify({ owner: 'gateway', intervalSeconds: 0.01 });
    const dist = new URL(`../../dist/probe/${name}.js`, import.meta.url).pathname;
    const child = gateway.spawn([process.execPath, dist, settings]);
    let lines = 0;
    child.onLine(() => lines++);
    child.write(JSON.stringify({ command: 'start', epoch: monotonic() }));
    expect(await until(() => lines > 1, 20)).toBe(true);
    const before = monotonic();
    child.end();
    expect(await child.exited).toMatchObject({ code: 0, stderr: '' });
    expect(monotonic() - before).toBeLessThan(2);
  });

  it('watches the machine: its CPU, its memory, its own table', async () => {
    const records: TimelineRecord[] = [];
    const probe = startHostProbe({
      tablePath: OWN_TABLE,
      pids: () => [],
      gatewayNetns: 1,
      onRecord: (record) => records.push(record),
    });
    probe.start(monotonic());
    for (const end = monotonic() + 0.7; monotonic() < end; await delay(0)) {
      for (const slice = monotonic() + 0.02; monotonic() < slice; ); // CPU time of our own
    }
    probe.stop();
    probe.stop();
    const shares = ofType(records, 'host');
    expect(shares.length).toBeGreaterThanOrEqual(2);
    for (const { cpuShare, memoryShare } of shares) {
      expect(cpuShare).toBeGreaterThanOrEqual(0);
      expect(cpuShare).toBeLessThanOrEqual(1);
      expect(memoryShare).toBeGreaterThan(0);
      expect(memoryShare).toBeLessThan(1);
    }
    expect(Math.max(...shares.map(({ ctloadShare }) => ctloadShare))).toBeGreaterThan(0.1);
    expect(ofType(records, 'conntrack')[0]).toMatchObject({ host: 'host', t: expect.closeTo(0, 1) });
    expect(probe.kernelLogReadable).toBe(true);
  });
});
