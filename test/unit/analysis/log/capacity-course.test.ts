import { describe, expect, it } from 'vitest';
import { actionsIn, CapacityCourse } from '../../../../src/analysis/log/capacity-course.ts';
import { sortRecords } from '../../../../src/analysis/log/run-log.ts';
import { metaRecord, NO_COUNTERS, sample } from '../../../fixtures/run.ts';

const raised = { t: 5, max: 4000, doneSeconds: 5.02 };
const lowered = { t: 8, max: 300, doneSeconds: 8.01 };

describe('the capacity over time', () => {
  it('is the larger one while it changes', () => {
    const course = new CapacityCourse(1000, [raised, { t: 6, flush: true, doneSeconds: 6.1 }, lowered]);
    expect([0, 4.99, 5, 7.99, 8.005, 8.01, 99].map((t) => course.at(t))).toEqual([1000, 1000, 4000, 4000, 4000, 300, 300]);
    expect([4, 5, 9].map((t) => course.mostUntil(t))).toEqual([1000, 4000, 4000]);
    expect(course).toMatchObject({ least: 300, isConstant: false });
    expect(new CapacityCourse(1000, [{ t: 6, flush: true, doneSeconds: 6.1 }]).isConstant).toBe(true);
  });

  it('is one that the entries reach where the kernel found the table full', () => {
    const course = new CapacityCourse(2000, [{ t: 5, max: 50, doneSeconds: 6 }]);
    expect([4, 5.5, 7].map((t) => course.whenFull(t, 360))).toEqual([2000, 50, 50]);
    expect(course.whenFull(5.5, 2000)).toBe(2000);
  });

  it('comes from the events of a record', () => {
    const action = { max: 4000, doneSeconds: 5.02 };
    expect(
      actionsIn([
        { type: 'event', t: 5, name: 'action', action },
        { type: 'event', t: 6, name: 'drained' },
      ]),
    ).toEqual([raised]);
  });

  it('decides which numbers of entries are possible', () => {
    const records = (at: number, max: number) => [
      metaRecord({ max: 1000 }),
      { type: 'event' as const, t: at, name: 'action' as const, action: { max, doneSeconds: at } },
      sample(-0.1, 0, NO_COUNTERS),
      sample(1, 1000),
      sample(6, 1500),
    ];
    const rises = sortRecords(records(5, 2000)).tables.gateway;
    expect(rises).toMatchObject({ impossible: undefined, peakEntries: 1500, peakCapacity: 2000 });
    expect(sortRecords(records(7, 2000)).tables.gateway.impossible).toEqual({ t: 6, entries: 1500 });
    // Entries that are there stay when the limit falls below their number.
    const falls = sortRecords([...records(5, 100).slice(0, -1), sample(6, 900)]).tables.gateway;
    expect(falls).toMatchObject({ impossible: undefined, peakEntries: 1000, peakCapacity: 1000 });
  });
});
