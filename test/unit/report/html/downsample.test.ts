import { describe, expect, it } from 'vitest';
import type { Line, Track } from '../../../../src/report/html/chart.ts';
import { downsample } from '../../../../src/report/html/downsample.ts';

const line = (style: Line['style'], values: Line['values']): Line => ({ name: 'x', ink: 'blue', style, values });
const times = Array.from({ length: 1000 }, (_, index) => index);

function track(...lines: Line[]): Track {
  return { t: times, stepped: true, lines };
}

describe('thin', () => {
  it('leaves a track alone that has few enough points', () => {
    const short = track(line('line', times));
    expect(downsample(short, 1000)).toBe(short);
  });

  it('keeps every extreme, in order, near its time', () => {
    const spiked = times.map((t) => (t === 501 ? 99 : t === 503 ? -5 : 1));
    const { t, lines } = downsample(track(line('line', spiked)), 100);
    const values = lines[0]?.values ?? [];
    expect(t.length).toBeLessThanOrEqual(100);
    expect(values).toHaveLength(t.length);
    const high = values.indexOf(99);
    expect(values[high + 1]).toBe(-5);
    expect(Math.abs((t[high] ?? 0) - 501)).toBeLessThan(20);
  });

  it('keeps gaps that last, and does not take a gap for a zero', () => {
    const gappy = times.map((t) => (t < 500 ? null : t % 2 === 0 ? null : 7));
    const { t, lines } = downsample(track(line('line', gappy)), 100);
    expect(new Set(lines[0]?.values.filter((_, index) => (t[index] ?? 0) < 500))).toEqual(new Set([null]));
    expect(new Set(lines[0]?.values.filter((_, index) => (t[index] ?? 0) >= 500))).toEqual(new Set([7]));
  });

  it('keeps stacked lines together: each point is one instant', () => {
    const lower = times.map((t) => t % 7);
    const upper = times.map((t) => (t === 333 ? 1000 : 10 - (t % 7)));
    const { t, lines } = downsample(track(line('stack', lower), line('stack', upper)), 100);
    expect(t).toContain(333);
    for (const [index, at] of t.entries()) {
      expect([lines[0]?.values[index], lines[1]?.values[index]]).toEqual([lower[at], upper[at]]);
    }
  });
});
