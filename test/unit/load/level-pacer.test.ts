import { describe, expect, it } from 'vitest';
import { LevelPacer } from '../../../src/load/level-pacer.ts';

function pacerFor(levelAt: (s: number) => number, lastsSeconds: number, agent = 0, agents = 1) {
  const filled: { slot: number; intended: number }[] = [];
  const emptied: number[] = [];
  const pacer = new LevelPacer(
    { levelAt, startTimeSeconds: 1, lastsSeconds, connectTimeoutSeconds: 4, agent, agents },
    { fill: (slot, intended) => filled.push({ slot, intended }), empty: (slot) => emptied.push(slot) },
  );
  return { pacer, filled, emptied };
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
