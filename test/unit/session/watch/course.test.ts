import { describe, expect, it } from 'vitest';
import { noReading, type TableReading } from '../../../../src/probe/stat.ts';
import { Course, secondsToFull } from '../../../../src/session/watch/course.ts';

const reading = (more: Partial<TableReading>): TableReading => ({ ...noReading(), ...more });

describe('the time until a table is full', () => {
  it.each([
    ['grows', 900, { perSecond: 10, error: 1 }, 10],
    ['is full', 1000, undefined, 0],
    ['shrinks', 900, { perSecond: -10, error: 1 }, null],
    ['stands still', 900, { perSecond: 0, error: 0 }, null],
    ['may grow or not', 900, { perSecond: 10, error: 6 }, null],
    ['has just been seen', 900, undefined, null],
  ])('of one that %s', (_, entries, slope, seconds) => {
    expect(secondsToFull(entries, 1000, slope)).toBe(seconds);
  });
});

describe('the course of a table', () => {
  it('has its slope, and what was lost since the first reading', () => {
    const course = new Course(60);
    let latest = course.add(0, reading({ entries: 100, drop: 7, earlyDrop: 3, invalid: 2 }), 1000);
    expect(latest).toMatchObject({
      entries: 100,
      utilization: 0.1,
      slope: null,
      since: { drop: 0 },
      total: { drop: 7, invalid: 2 },
    });
    for (let t = 1; t <= 10; t++) latest = course.add(t, reading({ entries: 100 + 20 * t, drop: 9, earlyDrop: 3 }), 1000);
    expect(latest.slope).toBeCloseTo(20, 9);
    expect(latest.secondsToFull).toBeCloseTo(35, 9);
    expect(latest).toMatchObject({ readAt: 10, since: { drop: 2, earlyDrop: 0, insertFailed: 0 }, total: { drop: 9 } });
  });

  it('goes on where a counter of 32 bits starts again', () => {
    const course = new Course(60);
    course.add(0, reading({ drop: 2 ** 32 - 5 }), 1000);
    expect(course.add(1, reading({ drop: 10 }), 1000).since.drop).toBe(15);
  });
});
