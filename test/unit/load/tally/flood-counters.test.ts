import { describe, expect, it } from 'vitest';
import { Attempt } from '../../../../src/load/tally/attempt.ts';
import { FloodCounters, tickOf } from '../../../../src/load/tally/flood-counters.ts';

describe('Tally', () => {
  it('books an attempt under the tick of its intended start', () => {
    const tally = new FloodCounters('a');
    const attempt = new Attempt(0, 0.31, 0.35);
    tally.count(attempt.intended, 'attempted');
    tally.fail(attempt, 'refused');
    tally.count(0.42, 'heartbeats');
    expect(tally.takeLoads()).toEqual([
      { flood: 'a', bucket: 3, attempted: 1, failed: { refused: 1 }, firstBadAt: 0.31 },
      { flood: 'a', bucket: 4, heartbeats: 1 },
    ]);
    expect(tally.takeLoads()).toEqual([]);
  });

  it('names the earliest attempt that failed or was delayed', () => {
    const tally = new FloodCounters('a');
    tally.delayed(new Attempt(0, 0.05, 0.05));
    tally.fail(new Attempt(0, 0.03, 0.03), 'connect-timeout');
    expect(tally.takeLoads()).toMatchObject([{ bucket: 0, delayed: 1, firstBadAt: 0.03 }]);
  });

  it('keeps the status or error of failures whose cause does not tell it', () => {
    const tally = new FloodCounters('a');
    for (const status of [404, 404, 418]) tally.fail(new Attempt(0, 0.03, 0.03), 'other', status);
    tally.fail(new Attempt(0, 0.03, 0.03), 'refused', 'ECONNREFUSED');
    expect(tally.takeLoads()).toMatchObject([{ failed: { other: 3, refused: 1 }, failedWith: { '404': 2, '418': 1 } }]);
  });

  it('times a success both from its intended and from its actual start', () => {
    const tally = new FloodCounters('a');
    tally.succeed(new Attempt(0, 1, 1.5), 2);
    expect(tally.takeSlices().map(({ phase }) => phase)).toEqual(['duration', 'duration_uncorrected']);
    expect(tally.takeSlices()).toEqual([]);
  });

  it('reports the gauge only when it changed', () => {
    const tally = new FloodCounters('a');
    tally.open = 2;
    expect(tally.takeGauge()).toEqual({ flood: 'a', open: 2, connecting: 0 });
    expect(tally.takeGauge()).toBeUndefined();
  });
});

describe('tickOf', () => {
  it.each([0, 3, 7, 11, 1234])('puts a time on the grid into the tick that begins there (%i)', (tick) => {
    expect(tickOf(tick / 10)).toBe(tick);
    expect(tickOf(tick * 0.1)).toBe(tick);
  });
});
