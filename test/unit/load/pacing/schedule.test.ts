import { describe, expect, it } from 'vitest';
import { type ArrivalSchedule, scheduleOf, shareOf } from '../../../../src/load/pacing/schedule.ts';

const shape = { executor: 'constant-arrival-rate', rate: 200, durationSeconds: 50 } as const;

function all(schedule: ArrivalSchedule): number[] {
  const times: number[] = [];
  for (let at = schedule(); at !== undefined; at = schedule()) times.push(at);
  return times;
}

describe('scheduleOf', () => {
  it('spaces uniform arrivals evenly', () => {
    const times = all(scheduleOf(shape, 'uniform', 1));
    expect(times).toHaveLength(10_000);
    expect(times.slice(0, 3)).toEqual([0, 0.005, 0.01]);
  });

  it('draws Poisson arrivals of the wanted rate, with gaps as irregular as exponentials', () => {
    const times = all(scheduleOf(shape, 'poisson', 1));
    expect(times.length).toBeGreaterThan(9700); // 3 standard deviations
    expect(times.length).toBeLessThan(10_300);
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
  });

  it('repeats itself for the same seed and differs for another', () => {
    expect(all(scheduleOf(shape, 'poisson', 7))).toEqual(all(scheduleOf(shape, 'poisson', 7)));
    expect(all(scheduleOf(shape, 'poisson', 7))).not.toEqual(all(scheduleOf(shape, 'poisson', 8)));
  });

  it('never spreads a burst', () => {
    expect(all(scheduleOf({ executor: 'burst', connections: 3 }, 'poisson', 1))).toEqual([0, 0, 0]);
  });
});

describe('shareOf', () => {
  it.each([1, 2, 3, 7, 32])('splits one and the same sequence over %i agents', (agents) => {
    const shares = Array.from({ length: agents }, (_, agent) => {
      const next = shareOf(scheduleOf(shape, 'poisson', 1), agent, agents);
      const mine = [];
      for (let arrival = next(); arrival !== undefined; arrival = next()) mine.push(arrival);
      return mine;
    });
    const together = shares.flat().sort((a, b) => a.index - b.index);
    expect(together.map((arrival) => arrival.at)).toEqual(all(scheduleOf(shape, 'poisson', 1)));
    expect(together.map((arrival) => arrival.index)).toEqual(together.map((_, i) => i));
  });
});
