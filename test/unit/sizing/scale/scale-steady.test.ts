import { describe, expect, it } from 'vitest';
import type { Stream, Traffic } from '../../../../src/model/node/traffic.ts';
import { loadOn } from '../../../../src/sizing/node-load.ts';
import { gcInterval, lagInSmall, scaleSteady } from '../../../../src/sizing/scale/scale-steady.ts';
import { componentsOf } from '../../../../src/sizing/streams.ts';

const requests = (rate: number): Stream => ({ kind: 'requests', name: 'requests', rate, lifetimeSeconds: 0, close: 'fin' });
const held = (connections: number): Stream => ({ kind: 'held', name: 'websockets', connections, state: 'ESTABLISHED' });
const traffic = (...streams: readonly Stream[]): Traffic => ({ streams, peakFactor: 1, replicas: 1, entriesPerConnection: 1 });
const setting = (...streams: readonly Stream[]) => ({
  table: { max: 131_072, buckets: 262_144 },
  timeouts: {},
  headroom: 0,
  traffic: traffic(...streams),
});

describe('a steady load in small', () => {
  // Peaks read from a table nobody listed (6.18): timeout, rate, buckets, peak.
  it.each([
    [5, 200, 4_096, 1_674],
    [4, 300, 8_192, 2_307],
  ])(
    'is predicted within a tenth above what was measured: time_wait %i s, %i/s, %i buckets',
    (seconds, rate, buckets, measured) => {
      const load = traffic(requests(rate));
      const components = componentsOf(load, { tcp_time_wait: seconds });
      const peak = rate * (seconds + lagInSmall(components, [rate], buckets, gcInterval(measured, load)));
      expect(peak).toBeGreaterThan(measured);
      expect(peak).toBeLessThan(1.1 * measured);
    },
  );

  it('keeps the share of every stream, and of what is held', () => {
    const plan = setting(requests(500), held(32_768));
    const { table, traffic: small, timeouts, peakEntries, liveEntries, rateScale } = scaleSteady(plan);
    expect(table).toEqual({ max: 2_048, buckets: 4_096 });
    expect(peakEntries / table.max).toBeCloseTo(loadOn(plan).peakUtilization, 2);
    expect(small.streams[1]).toMatchObject({ connections: 512 });
    expect(timeouts).toEqual({ tcp_time_wait: 4, tcp_established: 4 });
    const [first] = small.streams;
    expect(first?.kind === 'requests' ? first.rate : 0).toBeCloseTo(500 * rateScale, 2);
    expect(liveEntries).toBeGreaterThan(peakEntries / 2);
    expect(liveEntries).toBeLessThan(peakEntries);
  });
});
