import { describe, expect, it } from 'vitest';
import { SampleSchedule } from '../../../src/probe/schedule.ts';

describe('the sampling schedule', () => {
  it('lies on a grid through the epoch, also before it', () => {
    const schedule = new SampleSchedule(100, 0.01, 99.503);
    expect(schedule.due).toBeCloseTo(99.51, 9);
    schedule.taken(99.5101);
    expect(schedule.due).toBeCloseTo(99.52, 9);
  });

  it('does not drift when samples are late', () => {
    const schedule = new SampleSchedule(0, 0.01, 0);
    for (let i = 0; i < 1000; i++) schedule.taken(schedule.due + 0.0004);
    expect(schedule.due).toBeCloseTo(10, 9);
    expect(schedule.punctuality()).toMatchObject({ samples: 1000, onTimeShare: 1 });
    expect(schedule.punctuality().lateP99Ms).toBeCloseTo(0.4, 6);
  });

  it('counts what it slept through as missed instead of making up for it', () => {
    const schedule = new SampleSchedule(0, 0.01, 0);
    schedule.taken(0);
    schedule.taken(0.0451); // due at 0.01: late, and 0.02, 0.03 and 0.04 are gone
    expect(schedule.due).toBeCloseTo(0.05, 9);
    schedule.taken(0.0501);
    expect(schedule.punctuality()).toMatchObject({ samples: 3, onTimeShare: 2 / 6 });
  });

  it('says 5 ms is on time and more is not', () => {
    const schedule = new SampleSchedule(0, 1, 0);
    schedule.taken(0.0049);
    schedule.taken(1.0051);
    expect(schedule.punctuality().onTimeShare).toBe(0.5);
  });
});
