import { describe, expect, it } from 'vitest';
import { ArrivalPacer, LATE_SECONDS, STARTS_PER_TICK } from '../../../../src/load/pacing/arrival-pacer.ts';
import { scheduleOf, shareOf } from '../../../../src/load/pacing/schedule.ts';

function pacerAt(rate: number, durationSeconds: number) {
  const begun: number[] = [];
  const notStarted: number[] = [];
  const time = { now: 0 };
  const arrivals = shareOf(scheduleOf({ executor: 'constant-arrival-rate', rate, durationSeconds }, 'uniform', 1), 0, 1);
  const pacer = new ArrivalPacer(
    arrivals,
    { startTimeSeconds: 2, lastsSeconds: durationSeconds, lateSeconds: LATE_SECONDS, clock: () => time.now },
    { begin: (_arrival, intended) => begun.push(intended), notStarted: (intended) => notStarted.push(intended) },
  );
  return { pacer, begun, notStarted, time };
}

describe('ArrivalPacer', () => {
  it('begins what is due, from the start time of the flood on', () => {
    const { pacer, begun, time } = pacerAt(10, 1);
    time.now = 1.9;
    pacer.tick();
    expect(begun).toEqual([]);
    time.now = 2.25;
    pacer.tick();
    expect(begun).toEqual([2, 2.1, 2.2]);
    expect(pacer.nextAt).toBeCloseTo(2.3);
  });

  it('lets the event loop breathe after a batch', () => {
    const { pacer, begun, time } = pacerAt(1000, 1);
    time.now = 2.5;
    pacer.tick();
    expect(begun).toHaveLength(STARTS_PER_TICK);
    pacer.tick();
    expect(begun).toHaveLength(2 * STARTS_PER_TICK);
  });

  it('counts what is more than a second late as not started and begins the rest', () => {
    const { pacer, begun, notStarted, time } = pacerAt(10, 2);
    time.now = 3.55;
    pacer.tick();
    expect(notStarted.map((t) => t.toFixed(1))).toEqual(['2.0', '2.1', '2.2', '2.3', '2.4', '2.5']);
    expect(begun[0]).toBeCloseTo(2.6);
    expect(begun).toHaveLength(10);
  });

  it('accounts for every arrival when it is stopped: begun, not started, or not due yet', () => {
    const { pacer, begun, notStarted, time } = pacerAt(10, 2);
    time.now = 2.25;
    pacer.tick();
    pacer.stop(2.45);
    expect(begun).toHaveLength(3);
    expect(notStarted).toHaveLength(2);
    expect(pacer.scheduled).toBe(false);
    time.now = 9;
    pacer.tick();
    expect(begun).toHaveLength(3);
  });

  it('lasts as long as its schedule, also where the last arrival is due long before', () => {
    const { pacer, begun, time } = pacerAt(0.1, 5);
    time.now = 2.3;
    pacer.tick();
    expect(begun).toEqual([2]);
    expect(pacer.scheduled).toBe(true);
    time.now = 6.99;
    expect(pacer.scheduled).toBe(true);
    time.now = 7;
    expect(pacer.scheduled).toBe(false);
  });

  it('is over at once when it is stopped', () => {
    const { pacer, time } = pacerAt(0.1, 5);
    time.now = 2.3;
    pacer.tick();
    pacer.stop(2.3);
    expect(pacer.scheduled).toBe(false);
  });
});
