import { describe, expect, it } from 'vitest';
import { connectTimes } from '../../../../src/analysis/series/connecting.ts';
import type { LatencyValues } from '../../../../src/model/result/latency.ts';

const INTERVALS: LatencyValues[] = [
  { from: 0, to: 1, times: [1, 5, 9], counts: [98, 1, 1] },
  { from: 1, to: 2, times: [2000], counts: [10] },
  { from: 2, to: 3, times: [], counts: [] },
  { from: 3, to: 4, times: [1000, 3000], counts: [1, 1] },
];

describe('connect times', () => {
  it('are the percentiles of each interval; one in which nothing connected is left out', () => {
    expect(connectTimes(INTERVALS, null).intervals).toEqual([
      { from: 0, to: 1, count: 100, p50: 1, p90: 1, p99: 5, max: 9 },
      { from: 1, to: 2, count: 10, p50: 2000, p90: 2000, p99: 2000, max: 2000 },
      { from: 3, to: 4, count: 2, p50: 1000, p90: 3000, p99: 3000, max: 3000 },
    ]);
  });

  it('before and after the break leave out the interval it lies in', () => {
    const { before, after } = connectTimes(INTERVALS, 1.4).distribution;
    expect(before.count).toBe(100);
    expect(before.points[0]).toEqual({ percentile: 0, ms: 1 });
    expect(before.points.at(-1)).toEqual({ percentile: 100, ms: 9 });
    expect(after).toMatchObject({ count: 2, points: expect.arrayContaining([{ percentile: 100, ms: 3000 }]) });
  });

  it('all count as before where there was no break', () => {
    const { before, after } = connectTimes(INTERVALS, null).distribution;
    expect([before.count, after.count, after.points]).toEqual([112, 0, []]);
  });

  it('make a curve that rises in both directions', () => {
    const { points } = connectTimes(INTERVALS, null).distribution.before;
    for (const [index, { percentile, ms }] of points.entries()) {
      if (index === 0) continue;
      expect(percentile).toBeGreaterThan(points[index - 1]?.percentile ?? 0);
      expect(ms).toBeGreaterThanOrEqual(points[index - 1]?.ms ?? 0);
    }
  });
});
