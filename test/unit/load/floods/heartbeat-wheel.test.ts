import { expect, it } from 'vitest';
import { HeartbeatWheel } from '../../../../src/load/floods/heartbeat-wheel.ts';

/** Turns in steps of `step` seconds from `from` to `to`; the visits of each step. */
function turn(wheel: HeartbeatWheel<number>, visits: number[], from: number, to: number, step: number): number[][] {
  const steps: number[][] = [];
  for (let i = Math.round(from / step); i < Math.round(to / step); i++) {
    visits.length = 0;
    wheel.turn(i * step);
    steps.push([...visits]);
  }
  return steps;
}

function wheelOf(items: number, turnSeconds: number, now: number, keeps: (item: number) => boolean = () => true) {
  const visits: number[] = [];
  const wheel = new HeartbeatWheel<number>(turnSeconds, (item) => {
    visits.push(item);
    return keeps(item);
  });
  for (let item = 0; item < items; item++) wheel.add(item, now);
  return { wheel, visits };
}

it('visits everything once a turn, spread evenly, however bunched it came', () => {
  const { wheel, visits } = wheelOf(30_000, 30, 5);
  for (const [from, to] of [
    [5, 35],
    [35, 65],
  ] as const) {
    const steps = turn(wheel, visits, from + 0.1, to + 0.1, 0.1);
    expect(new Set(steps.flat()).size).toBe(30_000);
    expect(steps.flat()).toHaveLength(30_000);
    expect(Math.max(...steps.map((step) => step.length))).toBeLessThan(120); // 100 on average
    expect(Math.min(...steps.map((step) => step.length))).toBeGreaterThan(80);
  }
});

it('visits nothing twice when it was late by several turns', () => {
  const { wheel, visits } = wheelOf(50, 1, 0);
  wheel.turn(7.3);
  expect(visits.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  wheel.turn(7.3);
  expect(visits).toHaveLength(50);
  expect(wheel.nextAt).toBeCloseTo(7.32);
});

it('drops what does not stay, and sleeps when there is nothing left', () => {
  const { wheel, visits } = wheelOf(3, 1, 0, (item) => item === 1);
  wheel.turn(1);
  expect(visits).toHaveLength(3);
  wheel.turn(2);
  expect(visits.slice(3)).toEqual([1]);
  const empty = wheelOf(1, 1, 0, () => false).wheel;
  empty.turn(1);
  expect(empty.nextAt).toBe(Number.POSITIVE_INFINITY);
  empty.add(4, 9.5);
  expect(empty.nextAt).toBeCloseTo(9.52);
});
