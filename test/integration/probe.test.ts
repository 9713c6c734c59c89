import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYNTHETIC_MARK } from '../../src/model/node/ballast.ts';
import type {
  CompositionRecord,
  ConntrackRecord,
  NetstatRecord,
  SamplerRecord,
  TimelineRecord,
} from '../../src/model/timeline/sample.ts';
import { delay, monotonic, until, within } from '../../src/platform/clock.ts';
import { execute, localHost } from '../../src/platform/exec.ts';
import { startHostProbe } from '../../src/probe/host-probe.ts';
import { launchSampler, startSampler } from '../../src/probe/sampler.ts';
import { LAST_WAIT } from '../../src/probe/states/breakdown-loop.ts';
import { samplerCpu } from '../../src/probe/states/sampler-cpu.ts';
import { launchStates, startStates } from '../../src/probe/states/state-breakdown.ts';
import { OWN_TABLE } from '../../src/probe/table.ts';
import { unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

const NETNS = `probe-${process.pid}`;
const BALLAST = 300;
const ESTABLISHED = 50;
const SYN_SENT = 7;
/** Of two seconds each, in which an interval has to be kept once. */
const STRETCHES = 5;

const gateway = localHost('gateway', ['ip', 'netns', 'exec', NETNS]);
const SETTINGS = { owner: 'gateway', intervalSeconds: 0.01 } as const;
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
  await execute(['conntrack', '--load-file', file], { host: gateway });
}

/** So far ahead lies the epoch that a sampler on a busy machine, too, begins before it. */
const AHEAD = 10; // seconds

/** Starts a sampler that keeps what it records, lets `during` happen once it has begun, and stops it. */
async function sampled(intervalSeconds: number, during: () => Promise<void>): Promise<TimelineRecord[]> {
  const records: TimelineRecord[] = [];
  const onRecord = (record: TimelineRecord) => records.push(record);
  await using sampler = await startSampler(launchSampler(gateway, { owner: 'gateway', intervalSeconds }), {
    ballast: BALLAST,
    onRecord,
  });
  sampler.start(monotonic() + AHEAD);
  expect(await until(() => records.length > 0, 20)).toBe(true);
  await during();
  await sampler.stop();
  return records;
}

const ofType = <Type extends TimelineRecord['type']>(records: readonly TimelineRecord[], type: Type) =>
  records.filter((record): record is Extract<TimelineRecord, { type: Type }> => record.type === type);

describe('the probe in a real namespace (needs root)', skipFor(unfit), () => {
  beforeAll(async () => {
    await execute(['ip', 'netns', 'add', NETNS]);
    const assured = '--state ESTABLISHED -u ASSURED,SEEN_REPLY';
    await insert(
      ...entries(BALLAST, 1000, `${assured} --mark ${SYNTHETIC_MARK}`),
      ...entries(ESTABLISHED, 1001, assured),
      ...entries(SYN_SENT, 1002, '--state SYN_SENT'),
    );
  });
  afterAll(async () => {
    await execute(['ip', 'netns', 'delete', NETNS]);
    rmSync(folder, { recursive: true });
  });

  it('counts the entries of its own namespace without the ballast, and follows them', async () => {
    const records = await sampled(0.01, () => insert(...entries(20, 1003, '--state ESTABLISHED -u ASSURED,SEEN_REPLY')));
    const samples: ConntrackRecord[] = ofType(records, 'conntrack');
    expect(samples[0]).toMatchObject({ host: 'gateway', entries: ESTABLISHED + SYN_SENT, drop: 0, earlyDrop: 0 });
    expect(samples[0]?.t).toBeLessThan(0);
    expect(samples.at(-1)?.entries).toBe(ESTABLISHED + SYN_SENT + 20);
    const inserts = samples.flatMap(({ insert }) => insert ?? []); // ctnetlink's own counter
    expect((inserts.at(-1) ?? 0) - (inserts[0] ?? 0)).toBe(20);
    expect(samples.filter(({ drop }) => drop !== undefined)).toHaveLength(1); // only what changed is said again
    await execute(['conntrack', '-D', '-p', 'tcp', '--dport', '1003'], { host: gateway });
  });

  it.each([0.01, 0.001])('keeps an interval of %d s and knows how well', async (interval) => {
    // Whoever else uses the machine may spoil a stretch of time, but not all of them.
    let kept = false;
    for (let stretch = 0; stretch < STRETCHES && !kept; stretch++) {
      const records = await sampled(interval, () => delay(2));
      const [punctuality] = ofType(records, 'sampler') as [SamplerRecord];
      const samples = ofType(records, 'conntrack');
      expect(punctuality).toMatchObject({ host: 'gateway', intervalSeconds: interval });
      expect(samples).toHaveLength(punctuality.samples + 2); // one at either end, whenever that is
      expect(punctuality.onTimeShare).toBeLessThanOrEqual(1);
      const onGrid = samples.filter(({ t }) => t - Math.floor(t / interval + 1e-6) * interval < interval / 2);
      kept = punctuality.onTimeShare > 0.8 && punctuality.cpuShare < 0.3 && onGrid.length > samples.length * 0.8;
    }
    expect(kept).toBe(true);
  });

  it('has a CPU that no listing blocks, where there are several', async () => {
    const allowed = (pid: number | 'self' = 'self') =>
      /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    await using sampler = await startSampler(launchSampler(gateway, SETTINGS), { ballast: 0, onRecord: () => {} });
    expect(allowed(sampler.pid)).toBe(String(samplerCpu()?.own ?? allowed()));
  });

  it('records the TCP counters of its namespace', async () => {
    const records = await sampled(0.1, () => delay(0.3));
    const [netstat] = ofType(records, 'netstat') as [NetstatRecord];
    expect(netstat.host).toBe('gateway');
    expect(netstat.counters).toMatchObject({ TcpExtTCPSynRetrans: 0, TcpExtListenOverflows: 0, TcpActiveOpens: 0 });
  });

  it('lists the states; of marked entries it knows, without listing them, which are prefill', async () => {
    const records: CompositionRecord[] = [];
    const onRecord = (record: CompositionRecord) => records.push(record);
    await using states = await startStates(launchStates(gateway), { prefilled: BALLAST, onRecord });
    states.start(monotonic());
    expect(await until(() => records.length >= 2, 20)).toBe(true);
    const [before, stopped] = [records.length, monotonic()];
    await states.stop();
    if (monotonic() - stopped < LAST_WAIT) expect(records.length).toBeGreaterThan(before); // one more at the end, where it is not long
    expect(records.at(-1)).toMatchObject({
      states: { ESTABLISHED: ESTABLISHED + BALLAST, SYN_SENT },
      unreplied: SYN_SENT,
      assured: ESTABLISHED + BALLAST,
    });
    expect(records.at(-1)?.cost).toBeGreaterThan(0);
  });

  it.each([
    ['sampler', () => startSampler(launchSampler(gateway, SETTINGS), { ballast: 0, onRecord: () => {} })],
    ['states', () => startStates(launchStates(gateway), { prefilled: 0, onRecord: () => {} })],
  ])('notices that %s was killed', async (name, start) => {
    await using probe = await start();
    probe.start(monotonic());
    process.kill(probe.pid ?? 0, 'SIGKILL');
    expect(await probe.lost).toBe(`${name} on gateway (pid ${probe.pid}) ended: killed by SIGKILL`);
  });

  it.each(['sampler', 'states'] as const)('%s ends by itself when its owner is gone', async (name) => {
    const child = gateway.program(name, [JSON.stringify(SETTINGS)]);
    let lines = 0;
    child.onLine(() => lines++);
    child.write(JSON.stringify({ type: 'start', epoch: monotonic() }));
    expect(await until(() => lines > 1, 20)).toBe(true);
    child.end();
    expect(await within(child.exited, 20)).toBe(true);
    expect(await child.exited).toMatchObject({ code: 0, stderr: '' });
  });

  it('watches the machine: its CPU, its memory, its own table', async () => {
    const records: TimelineRecord[] = [];
    const probe = startHostProbe({
      tablePath: OWN_TABLE,
      pids: () => [],
      gatewayNetns: [1],
      onRecord: (record) => records.push(record),
    });
    const started = monotonic();
    probe.start(started);
    const used = () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
    const before = used();
    while (used() - before < 0.5 || ofType(records, 'host').length < 2) {
      for (const slice = monotonic() + 0.02; monotonic() < slice; ); // CPU time of our own
      await delay(0);
    }
    probe.stop();
    probe.stop();
    const spent = used() - before;
    const shares = ofType(records, 'host');
    for (const { cpuShare, memoryShare } of shares) {
      expect(cpuShare).toBeGreaterThanOrEqual(0);
      expect(cpuShare).toBeLessThanOrEqual(1);
      expect(memoryShare).toBeGreaterThan(0);
      expect(memoryShare).toBeLessThan(1);
    }
    const told = shares.reduce(
      (sum, { t, ctloadShare }, i) => sum + ctloadShare * (t - (shares[i - 1]?.t ?? 0)) * cpus().length,
      0,
    );
    expect(told).toBeGreaterThan(spent / 2); // what came before the first record, and the last ticks, are not in it
    expect(ofType(records, 'conntrack')[0]?.host).toBe('host');
    expect(ofType(records, 'conntrack')[0]?.t).toBeGreaterThanOrEqual(0);
  });
});
