import { describe, expect, it } from 'vitest';
import { LevelPacer } from '../../../../src/load/pacing/level-pacer.ts';

function pacerFor(levelAt: (s: number) => number, lastsSeconds: number, agent = 0, agents = 1) {
  const filled: { slot: number; intended: number }[] = [];
  const emptied: number[] = [];
  const leftOut: number[] = [];
  const pacer = new LevelPacer(
    { levelAt, startTimeSeconds: 1, lastsSeconds, connectTimeoutSeconds: 4, agent, agents },
    {
      fill: (slot, intended) => filled.push({ slot, intended }),
      notStarted: (intended) => leftOut.push(intended),
      empty: (slot) => emptied.push(slot),
    },
  );
  return { pacer, filled, emptied, leftOut };
}

const slots = (filled: readonly { slot: number }[]) => filled.map(({ slot }) => slot);

describe('LevelPacer', () => {
  it('fills all slots of a constant level at the start, and empties the newest first at the end', () => {
    const { pacer, filled, emptied } = pacerFor((s) => (s < 5 ? 3 : 0), 5);
    pacer.tick(0.5);
    expect(filled).toEqual([]);
    pacer.tick(1.2);
    expect(filled).toEqual([0, 1, 2].map((slot) => ({ slot, intended: 1 })));
    pacer.tick(6.01);
    expect(emptied).toEqual([2, 1, 0]);
    expect(pacer.scheduled).toBe(false);
  });

  it('gives a slot of a ramp the time at which the level reached it, however late it looks', () => {
    const { pacer, filled } = pacerFor((s) => 10 * Math.min(s, 1), 1);
    pacer.tick(1.35);
    expect(slots(filled)).toEqual([0, 1, 2]);
    expect(filled.map(({ intended }) => intended.toFixed(6))).toEqual(['1.100000', '1.200000', '1.300000']);
  });

  it('shares the slots out among the agents', () => {
    const all = [0, 1, 2].flatMap((agent) => {
      const { pacer, filled } = pacerFor(() => 7, 5, agent, 3);
      pacer.tick(1);
      return slots(filled);
    });
    expect(all.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('tries a slot again 1 s after silence, but a connect timeout after an answer', () => {
    const { pacer, filled } = pacerFor(() => 2, 60);
    pacer.tick(1);
    pacer.vacated(0, 2, true);
    pacer.vacated(1, 2, false);
    pacer.tick(2.9);
    expect(filled).toHaveLength(2);
    pacer.tick(3);
    expect(filled.slice(2)).toEqual([{ slot: 0, intended: 3 }]);
    pacer.tick(6);
    expect(filled.slice(3)).toEqual([{ slot: 1, intended: 6 }]);
  });

  it('counts what the level asked for and took back before it could be begun', () => {
    const { pacer, filled, emptied, leftOut } = pacerFor((s) => (s < 5 ? 1000 : 0), 5);
    pacer.tick(1);
    pacer.tick(6);
    expect(filled).toHaveLength(64);
    expect(emptied).toHaveLength(64);
    expect(leftOut).toEqual(Array.from({ length: 936 }, () => 1));
    expect(pacer.scheduled).toBe(false);
  });

  it('takes its time while the schedule lasts, but ends soon after it', () => {
    const { pacer, filled, leftOut } = pacerFor(() => 1000, 60);
    for (const now of [1, 30, 60.9]) pacer.tick(now);
    expect(filled).toHaveLength(3 * 64);
    pacer.tick(61);
    expect(filled).toHaveLength(3 * 64);
    expect(leftOut).toHaveLength(1000 - 3 * 64);
    expect(pacer.scheduled).toBe(false);
  });

  it('gives a level that is reached at the very end the time that a burst gets', () => {
    const { pacer, filled, leftOut } = pacerFor((s) => (s < 5 ? 0 : 150), 5);
    for (const now of [1, 5.99, 6, 15.9]) pacer.tick(now);
    expect(filled).toHaveLength(2 * 64);
    pacer.tick(16.1);
    expect(leftOut).toHaveLength(150 - 2 * 64);
  });

  it('does not count as left out what is only not tried again', () => {
    const { pacer, leftOut } = pacerFor((s) => (s < 2 ? 2 : 0), 2);
    pacer.tick(1);
    pacer.vacated(0, 1.5, true);
    pacer.tick(3);
    expect(leftOut).toEqual([]);
    expect(pacer.scheduled).toBe(false);
  });

  it('does not try again what the level no longer asks for, or after a stop', () => {
    const { pacer, filled } = pacerFor((s) => (s < 2 ? 2 : 1), 10);
    pacer.tick(1);
    pacer.vacated(0, 2.5, true);
    pacer.vacated(1, 2.5, true);
    pacer.tick(3.4);
    pacer.stop();
    pacer.tick(9);
    expect(filled).toHaveLength(2);
  });
});
