import { describe, expect, it } from 'vitest';
import { arrivalsBy, levelAt, rateAt, timeOfArrival, totalArrivals } from '../../../../src/model/input/arrivals.ts';
import { type ArrivalExecutor, shapeSeconds } from '../../../../src/model/input/floods/shape.ts';

const constant: ArrivalExecutor = { executor: 'constant-arrival-rate', rate: 300, durationSeconds: 4 };
const ramp: ArrivalExecutor = {
  executor: 'ramping-arrival-rate',
  startRate: 100,
  stages: [
    { durationSeconds: 5, target: 500 },
    { durationSeconds: 20, target: 1500 },
  ],
};
const hills: ArrivalExecutor = {
  executor: 'ramping-arrival-rate',
  startRate: 0,
  stages: [
    { durationSeconds: 2, target: 0 }, // a pause
    { durationSeconds: 3, target: 90 },
    { durationSeconds: 0, target: 10 }, // a jump
    { durationSeconds: 1.5, target: 10 },
    { durationSeconds: 4, target: 0 },
  ],
};
const fraction: ArrivalExecutor = { executor: 'constant-arrival-rate', rate: 0.7, durationSeconds: 9.1 };

describe('arrivals over time', () => {
  it('adds up rates', () => {
    expect(totalArrivals(constant)).toBe(1200);
    expect(totalArrivals(ramp)).toBe(21_500);
    expect(arrivalsBy(ramp, 2.5)).toBe(500); // mean of 100 and 300, 2.5 s
    expect(arrivalsBy(ramp, 5)).toBe(1500);
    expect(totalArrivals(hills)).toBe(135 + 15 + 20);
  });

  it('knows the rate at any moment', () => {
    expect([-1, 0, 2.5, 5, 15, 25].map((t) => rateAt(ramp, t))).toEqual([0, 100, 300, 500, 1000, 0]);
    expect([1, 3.5, 5, 6, 8.5, 11].map((t) => rateAt(hills, t))).toEqual([0, 45, 10, 10, 5, 0]);
  });

  it('begins a burst at once', () => {
    const burst: ArrivalExecutor = { executor: 'burst', connections: 7 };
    expect([-0.1, 0, 9].map((t) => arrivalsBy(burst, t))).toEqual([0, 7, 7]);
    expect([0, 6, 7].map((n) => timeOfArrival(burst, n))).toEqual([0, 0, undefined]);
  });

  it('schedules exactly rate × duration connections, the first at once', () => {
    expect(timeOfArrival(constant, 0)).toBe(0);
    expect(timeOfArrival(constant, 1199)).toBeCloseTo(4 - 1 / 300);
    expect(timeOfArrival(constant, 1200)).toBeUndefined();
    expect(timeOfArrival(ramp, 21_499)).toBeLessThan(25);
    expect(timeOfArrival(ramp, 21_500)).toBeUndefined();
    expect(timeOfArrival({ executor: 'constant-arrival-rate', rate: 0.1, durationSeconds: 30 }, 3)).toBeUndefined(); // 0.1 × 30 > 3 in binary
  });

  it('starts nothing while the rate is 0', () => {
    expect(timeOfArrival(hills, 0)).toBe(2);
  });

  it.each([constant, ramp, hills, fraction])('has an exact inverse: %o', (shape) => {
    const total = totalArrivals(shape);
    for (let i = 0; i < 1000; i++) {
      const n = (total * i) / 1000;
      expect(arrivalsBy(shape, timeOfArrival(shape, n) ?? Number.NaN)).toBeCloseTo(n, 7);
    }
  });

  it.each([constant, ramp, hills, fraction])('never falls, and has the rate as its slope: %o', (shape) => {
    const end = shapeSeconds(shape);
    for (let i = 1; i < 997; i++) {
      const t = (end * i) / 997;
      const rise = arrivalsBy(shape, t + 1e-5) - arrivalsBy(shape, t - 1e-5);
      expect(rise).toBeGreaterThanOrEqual(0);
      expect(rise / 2e-5).toBeCloseTo(rateAt(shape, t), 2);
    }
    expect(arrivalsBy(shape, end + 100)).toBeCloseTo(totalArrivals(shape), 9);
  });
});

describe('held connections', () => {
  const stages = [
    { durationSeconds: 10, target: 500 },
    { durationSeconds: 0, target: 200 },
    { durationSeconds: 5, target: 200 },
  ];

  it('ramp and then keep the last level', () => {
    const shape = { executor: 'ramping-connections', startConnections: 100, stages } as const;
    expect([-1, 0, 5, 10, 15, 99].map((t) => levelAt(shape, t))).toEqual([0, 100, 300, 200, 200, 200]);
  });

  it('of a constant flood are released at its end', () => {
    const shape = { executor: 'constant-connections', connections: 50, durationSeconds: 8 } as const;
    expect([0, 7.9, 8].map((t) => levelAt(shape, t))).toEqual([50, 50, 0]);
  });
});
