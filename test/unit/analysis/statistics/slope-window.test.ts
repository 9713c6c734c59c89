import { describe, expect, it } from 'vitest';
import { SlopeWindow } from '../../../../src/analysis/statistics/slope-window.ts';

describe('the slope of the latest points', () => {
  it('is that of a line, without an error', () => {
    const window = new SlopeWindow(60);
    for (let t = 0; t < 10; t++) window.add(t, 100 + 25 * t);
    const { perSecond = 0, error = 1 } = window.slope() ?? {};
    expect(perSecond).toBeCloseTo(25, 9);
    expect(error).toBeCloseTo(0, 9);
  });

  it('is none of fewer than five points, nor of points at one time', () => {
    const window = new SlopeWindow(60);
    for (let t = 0; t < 4; t++) window.add(t, t);
    expect(window.slope()).toBeUndefined();
    const still = new SlopeWindow(60);
    for (let i = 0; i < 9; i++) still.add(5, i);
    expect(still.slope()).toBeUndefined();
  });

  it('forgets what is older than the window', () => {
    const window = new SlopeWindow(10);
    for (let t = 0; t <= 100; t++) window.add(t, t < 80 ? 1000 * t : 2 * t);
    expect(window.slope()?.perSecond).toBeCloseTo(2, 6);
  });

  it('takes as many as there are, also once the oldest have gone', () => {
    const window = new SlopeWindow(50);
    for (let t = 0; t < 100; t++) window.add(t, 3 * t); // 51 points at a time
    for (let t = 100; t <= 150; t += 0.1) window.add(t, 300 + 2 * (t - 100));
    const { perSecond = 0, error = 1 } = window.slope() ?? {};
    expect(perSecond).toBeCloseTo(2, 6);
    expect(error).toBeCloseTo(0, 6);
  });

  it('has an error that covers the truth where points scatter', () => {
    const window = new SlopeWindow(100);
    for (let t = 0; t < 60; t++) window.add(t, 10 * t + (t % 2 === 0 ? 40 : -40));
    const { perSecond = 0, error = 0 } = window.slope() ?? {};
    expect(Math.abs(perSecond - 10)).toBeLessThan(2 * error);
    expect(error).toBeLessThan(1);
  });
});
