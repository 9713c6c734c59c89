import { describe, expect, it } from 'vitest';
import { KUBE_PROXY_DEFAULTS } from '../../../src/model/node/kube-proxy.ts';
import type { Stream, Traffic } from '../../../src/model/node/traffic.ts';
import { planAlert } from '../../../src/sizing/advice/alert-plan.ts';
import { kubeProxyFields, smallestTable, sufficientTimeouts } from '../../../src/sizing/advice/recommend.ts';
import { sensitivityOf } from '../../../src/sizing/advice/sensitivity.ts';
import { loadOn, type PlanInputs, peakEntries } from '../../../src/sizing/node-load.ts';
import { scaleDown } from '../../../src/sizing/scale/scale.ts';
import { componentsOf } from '../../../src/sizing/streams.ts';

const requests = (rate: number, lifetimeSeconds = 0): Stream => ({
  kind: 'requests',
  name: 'requests',
  rate,
  lifetimeSeconds,
  close: 'fin',
});
const held = (connections: number): Stream => ({ kind: 'held', name: 'websockets', connections, state: 'ESTABLISHED' });
const leak = (rate: number): Stream => ({ kind: 'leak', name: 'leaks', rate });
const dns = (rate: number): Stream => ({ kind: 'dns', name: 'dns', rate });

function setting(
  streams: readonly Stream[],
  more: Partial<Omit<PlanInputs, 'traffic'>> & { traffic?: Partial<Traffic> } = {},
): PlanInputs {
  const { traffic, ...rest } = more;
  return {
    table: { max: 131_072, buckets: 262_144 },
    timeouts: { tcp_established: 86_400 },
    headroom: 0.3,
    ...rest,
    traffic: { streams, peakFactor: 1, replicas: 1, entriesPerConnection: 1, ...traffic },
  };
}

describe('the load of a node', () => {
  it('is rate × (lifetime + timeout) and what is held, by state', () => {
    const load = loadOn(setting([requests(100, 2), held(5_000), leak(0.1), dns(50)]));
    expect(load.byState).toEqual({ ESTABLISHED: 200 + 5_000 + 8_640, TIME_WAIT: 12_000, UDP: 1_500 });
    expect(load.entries).toBe(27_340);
    expect(load.utilization).toBeCloseTo(27_340 / 131_072);
    expect(load).toMatchObject({ holds: true, keepsHeadroom: true, timeToFullSeconds: null });
  });

  it('takes in peak factor, replicas, and what the dataplane makes of a connection', () => {
    const more = { peakFactor: 3, replicas: 2, entriesPerConnection: 2 };
    expect(loadOn(setting([requests(100), held(1_000)], { traffic: more })).entries).toBe(3 * (12_000 + 1_000));
  });

  // Peaks read from a table nobody listed (6.18): timeout, rate, buckets, peak.
  it.each([
    [5, 200, 4_096, 1_674],
    [4, 300, 8_192, 2_307],
  ])('peaks within a tenth of what was measured: time_wait %i s, %i/s, %i buckets', (seconds, rate, buckets, measured) => {
    const peak = peakEntries(
      setting([requests(rate)], { table: { max: buckets, buckets }, timeouts: { tcp_time_wait: seconds } }),
    );
    expect(peak).toBeGreaterThan(measured);
    if (rate === 200) expect(peak).toBeLessThan(1.1 * measured); // in the other the gc came before the minute was over
  });

  it.each([
    [5, 100, 1_400],
    [30, 50, 2_256],
    [120, 40, 6_800],
  ])('never peaks below a measured sawtooth: time_wait %i s, %i/s', (seconds, rate, measured) => {
    const table = { max: 262_144, buckets: 262_144 };
    const peak = peakEntries(setting([requests(rate)], { table, timeouts: { tcp_time_wait: seconds } }));
    expect(peak).toBeGreaterThan(measured);
    expect(peak).toBeLessThanOrEqual(rate * (seconds + 60));
  });

  it('with a measured delay of the gc uses that', () => {
    expect(peakEntries(setting([requests(100)], { gcLagSeconds: 10 }))).toBe(100 * 130);
  });

  it('has a time to exhaustion when it does not fit', () => {
    expect(loadOn(setting([leak(5)])).timeToFullSeconds).toBeCloseTo(131_072 / 5, 0);
    expect(loadOn(setting([requests(2_000), held(31_072)])).timeToFullSeconds).toBeCloseTo(50, 2);
    expect(loadOn(setting([held(200_000)])).timeToFullSeconds).toBe(0);
  });

  it('has a safe rate that keeps the headroom, and not more', () => {
    const base = [requests(1_000, 1), held(20_000)];
    const { safeRate } = loadOn(setting(base));
    const peakAt = (rate: number) => peakEntries(setting([requests(rate, 1), held(20_000)]));
    expect(peakAt(safeRate ?? 0)).toBeLessThanOrEqual(0.7 * 131_072 * 1.0001);
    expect(peakAt(1.01 * (safeRate ?? 0))).toBeGreaterThan(0.7 * 131_072);
    expect(loadOn(setting([leak(5)])).safeRate).toBe(0);
    expect(loadOn(setting([requests(5)], { traffic: { entriesPerConnection: 0 } })).safeRate).toBeNull();
  });

  it('recovers when the last entry has expired and the gc has come by', () => {
    const load = loadOn(setting([requests(1_500)]));
    expect(load.recoverySeconds).toBeCloseTo(180, 2);
    expect(load.headroomBackSeconds).toBeGreaterThan(0);
    expect(load.headroomBackSeconds).toBeLessThan(load.recoverySeconds);
    expect(loadOn(setting([requests(10)])).headroomBackSeconds).toBe(0);
    expect(loadOn(setting([leak(1)])).recoverySeconds).toBeCloseTo(86_460, 0);
  });

  it('says what breaks first: evictions where there is enough to evict, else dropped SYNs', () => {
    const full = (streams: Stream[], buckets: number) => loadOn(setting(streams, { table: { max: 10_000, buckets } }));
    expect(full([requests(1_000), dns(2_000)], 10_000).breaksFirst).toMatch(/evicted for new connections \(early_drop\)/);
    expect(full([requests(1_000)], 10_000)).toMatchObject({
      dropShareWhenFull: 1,
      breaksFirst: expect.stringMatching(/100 % of their SYNs/),
    });
    expect(full([requests(1_000), dns(2_000)], 10_000_000).breaksFirst).toContain('SYNs are dropped'); // nothing to find in 8 buckets
  });
});

describe('what to set', () => {
  it('is the smallest max, in whole pages of buckets, that keeps the headroom', () => {
    const { max, buckets } = smallestTable(setting([requests(1_000)]));
    const keeps = (size: number) => loadOn(setting([requests(1_000)], { table: { max: size, buckets } })).keepsHeadroom;
    expect([max % 512, buckets]).toEqual([0, 262_144]); // no fewer than there are
    expect([keeps(max), keeps(max - 512)]).toEqual([true, false]);
    expect(smallestTable(setting([held(183_500)]))).toEqual({ max: 262_144, buckets: 262_144 });
    expect(smallestTable(setting([held(400_000)]))).toEqual({ max: 571_904, buckets: 571_904 });
    expect(smallestTable(setting([])).max).toBe(512);
  });

  it('is never above a limit that is enough already', () => {
    const table = { max: 1_048_576, buckets: 262_144 }; // one bucket per entry would let expired entries wait longer
    const now = setting([requests(5_000)], { table });
    expect(loadOn(now).keepsHeadroom).toBe(true);
    const least = smallestTable(now);
    expect(least).toEqual({ max: 931_840, buckets: 262_144 });
    expect(loadOn({ ...now, table: least }).keepsHeadroom).toBe(true);
    const exact = { max: 15_704, buckets: 4_096 }; // not whole pages
    const full = setting([held(15_704)], { table: exact, headroom: 0 });
    expect(smallestTable(full)).toEqual(exact);
  });

  it('or the longest timeouts that are enough, each alone', () => {
    const tight = setting([requests(900)]);
    const { tcp_time_wait = 0 } = sufficientTimeouts(tight);
    const keeps = (seconds: number) => loadOn({ ...tight, timeouts: { tcp_time_wait: seconds } }).keepsHeadroom;
    expect([keeps(tcp_time_wait), keeps(tcp_time_wait + 1)]).toEqual([true, false]);
    expect(sufficientTimeouts(setting([requests(10)]))).toEqual({});
    expect(sufficientTimeouts(setting([held(131_000)]))).toEqual({});
    expect(Object.keys(sufficientTimeouts(setting([leak(2), requests(10)])))).toEqual(['tcp_established']);
  });

  it.each([
    [200_000, {}, 1, 29, 4, { maxPerCore: 32_768, min: 200_000 }],
    [100_000, {}, 1, 29, 4, { maxPerCore: 32_768, min: 131_072 }], // never lowered
    [2_000_000, {}, 1, 36, 96, { maxPerCore: 10_922, min: 2_000_000 }], // else the cap of 1.36 would win
    [2_000_000, {}, 1, 35, 96, { maxPerCore: 32_768, min: 2_000_000 }],
    [400_000, { maxPerCore: 0 }, 1, 29, 4, { maxPerCore: 0, min: 131_072 }], // off stays off
    [400_000, { max: 5_000, maxPerCore: 0, min: 0 }, 1, 12, 4, { maxPerCore: 32_768, min: 400_000 }], // max excluded it
  ])('kube-proxy fields for max %i with %j under %i.%i on %i cores', (max, fields, major, minor, cores, expected) => {
    expect(kubeProxyFields(max, { ...KUBE_PROXY_DEFAULTS, ...fields }, { major, minor, patch: null }, cores)).toEqual(expected);
  });
});

describe('sensitivity', () => {
  it('tells for every knob in use what half and twice do, and where the table is full', () => {
    const knobs = sensitivityOf(setting([requests(500, 3), held(10_000)]));
    const of = (name: string) => knobs.find(({ knob }) => knob === name);
    expect(knobs.map(({ knob }) => knob)).toEqual([
      'requests rate',
      'requests lifetime',
      'websockets',
      'tcp_time_wait',
      'peak factor',
      'replicas',
      'nf_conntrack_max',
    ]);
    const breaks = of('websockets')?.breaksAt ?? 0;
    expect(loadOn(setting([requests(500, 3), held(breaks)])).peakUtilization).toBeCloseTo(1, 3);
    expect(of('replicas')?.halved).toBeCloseTo(of('peak factor')?.doubled ?? 0);
    expect(of('nf_conntrack_max')?.breaksAt).toBeCloseTo(loadOn(setting([requests(500, 3), held(10_000)])).peakEntries, -2);
  });
});

describe('the alert', () => {
  const alertFor = (streams: readonly Stream[], minutes: number) => {
    const one = setting(streams);
    return planAlert(componentsOf(one.traffic, one.timeouts), loadOn(one), one.table.max, minutes);
  };

  it('leaves the wanted minutes at the slope of the leaks', () => {
    const { threshold, minutesLeft, slope } = alertFor([leak(20), requests(10)], 30);
    expect(slope).toBe(20);
    expect(threshold).toBe(0.72); // 1 − 20 · 1800 ÷ 131072, rounded down
    expect(minutesLeft).toBeGreaterThanOrEqual(30);
  });

  it('says so when no threshold can leave as long', () => {
    const { threshold, minutesLeft } = alertFor([requests(900)], 15);
    expect(threshold).toBeLessThan(1);
    expect(minutesLeft).toBeLessThan(1);
  });
});

describe('a load in small', () => {
  it.each([
    [
      { max: 131_072, buckets: 262_144 },
      { max: 2_048, buckets: 4_096 },
    ],
    [
      { max: 262_144, buckets: 262_144 },
      { max: 2_048, buckets: 2_048 },
    ],
    [
      { max: 262_144, buckets: 65_536 },
      { max: 2_048, buckets: 512 },
    ],
    [
      { max: 8_192, buckets: 8_192 },
      { max: 2_048, buckets: 2_048 },
    ],
  ])('keeps entries a bucket: %j', (table, expected) => {
    expect(scaleDown(setting([requests(100)], { table })).table).toEqual(expected);
  });

  it('fills its table after 5 s, held connections taking their share of it', () => {
    const { table, traffic, notes } = scaleDown(
      setting([requests(300), held(65_536), leak(3), dns(9)], { traffic: { peakFactor: 2, replicas: 4 } }),
    );
    expect(traffic.streams.find(({ kind }) => kind === 'held')).toMatchObject({ connections: table.max / 4 });
    expect(loadOn(setting([], { table, traffic })).timeToFullSeconds).toBeCloseTo(5, 2);
    const rates = traffic.streams.flatMap((stream) => ('rate' in stream ? stream.rate : []));
    expect((rates[0] ?? 0) / (rates[1] ?? 0)).toBeCloseTo(100);
    expect(traffic.streams.map(({ kind }) => kind)).toContain('dns');
    expect(notes).toEqual([]);
  });

  it('counts two entries a connection where the dataplane makes two', () => {
    const { table, traffic } = scaleDown(setting([requests(300)], { traffic: { entriesPerConnection: 2 } }));
    expect(traffic.streams[0]).toMatchObject({ rate: expect.closeTo(table.max / 2 / 5, 1) });
  });
});
