import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalPacer, LATE_SECONDS, STARTS_PER_TICK } from '../../../../src/load/pacing/arrival-pacer.ts';
import { LevelPacer } from '../../../../src/load/pacing/level-pacer.ts';
import { type Arrival, scheduleOf, shareOf } from '../../../../src/load/pacing/schedule.ts';
import { levelAt, totalArrivals } from '../../../../src/model/input/arrivals.ts';
import { type ArrivalExecutor, type HeldExecutor, shapeSeconds } from '../../../../src/model/input/floods/shape.ts';
import { property } from '../../../fixtures/property.ts';

const rate = fc.double({ min: 0, max: 60, noNaN: true });
const durationSeconds = fc.double({ min: 0.01, max: 8, noNaN: true });
const stages = (most: number) =>
  fc.array(fc.record({ durationSeconds, target: fc.oneof(fc.nat(most), fc.double({ min: 0, max: most, noNaN: true })) }), {
    minLength: 1,
    maxLength: 5,
  });
const arriving: fc.Arbitrary<ArrivalExecutor> = fc.oneof(
  fc.record({
    executor: fc.constant('constant-arrival-rate' as const),
    rate: fc.double({ min: 0.01, max: 60, noNaN: true }),
    durationSeconds,
  }),
  fc.record({ executor: fc.constant('ramping-arrival-rate' as const), startRate: rate, stages: stages(60) }),
  fc.record({ executor: fc.constant('burst' as const), connections: fc.integer({ min: 1, max: 300 }) }),
);
const arrival = fc.constantFrom('uniform' as const, 'poisson' as const);
const agents = fc.integer({ min: 1, max: 5 });
const seed = fc.nat();

function taken(next: () => Arrival | undefined): Arrival[] {
  const all: Arrival[] = [];
  for (let one = next(); one !== undefined; one = next()) all.push(one);
  return all;
}

describe('a schedule', () => {
  it(
    'is shared out without loss: every arrival has one agent, in order, within the schedule',
    property([arriving, arrival, seed, agents], (shape, spacing, number, count) => {
      const whole = taken(shareOf(scheduleOf(shape, spacing, number), 0, 1));
      const shares = Array.from({ length: count }, (_, agent) =>
        taken(shareOf(scheduleOf(shape, spacing, number), agent, count)),
      );
      expect(shares.flat().sort((a, b) => a.index - b.index)).toEqual(whole);
      expect(whole.map(({ index }) => index)).toEqual(whole.map((_, index) => index));
      for (const [index, { at }] of whole.entries()) {
        expect(at).toBeGreaterThanOrEqual(whole[index - 1]?.at ?? 0);
        expect(at).toBeLessThanOrEqual(shapeSeconds(shape));
      }
    }),
  );

  it(
    'has as many uniform arrivals as rate and duration make',
    property([arriving], (shape) => {
      const whole = taken(shareOf(scheduleOf(shape, 'uniform', 1), 0, 1));
      expect(Math.abs(whole.length - totalArrivals(shape))).toBeLessThanOrEqual(1);
    }),
  );
});

describe('ArrivalPacer', () => {
  it(
    'accounts for every arrival once, begins none early or too late, and few per tick, however the clock jumps',
    property(
      [arriving, arrival, seed, fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 60 })],
      (shape, spacing, number, jumps) => {
        const all = taken(shareOf(scheduleOf(shape, spacing, number), 0, 1));
        const time = { now: 0 };
        const begun: number[] = [];
        const times: number[] = [];
        const pacer = new ArrivalPacer(
          shareOf(scheduleOf(shape, spacing, number), 0, 1),
          { startTimeSeconds: 1, lastsSeconds: shapeSeconds(shape), lateSeconds: LATE_SECONDS, clock: () => time.now },
          {
            begin: (index, intended) => {
              expect(intended).toBeLessThanOrEqual(time.now);
              expect(time.now - intended).toBeLessThanOrEqual(LATE_SECONDS);
              begun.push(index);
              times.push(intended);
            },
            notStarted: (intended) => times.push(intended),
          },
        );
        for (const jump of jumps) {
          time.now += jump;
          const before = begun.length;
          pacer.tick();
          expect(begun.length - before).toBeLessThanOrEqual(STARTS_PER_TICK);
        }
        pacer.stop(time.now);
        expect(new Set(begun).size).toBe(begun.length);
        expect(times).toEqual(all.filter(({ at }) => 1 + at <= time.now).map(({ at }) => 1 + at));
        expect(pacer.scheduled).toBe(false);
      },
    ),
  );
});

describe('LevelPacer', () => {
  const held: fc.Arbitrary<HeldExecutor> = fc.oneof(
    fc.record({ executor: fc.constant('constant-connections' as const), connections: fc.nat(80), durationSeconds }),
    fc.record({ executor: fc.constant('ramping-connections' as const), startConnections: fc.nat(80), stages: stages(80) }),
  );

  it(
    'holds as many slots as the level asks for, no slot twice, over all agents',
    property([held, agents, fc.double({ min: 0, max: 1, noNaN: true })], (shape, count, share) => {
      const lastsSeconds = shapeSeconds(shape);
      const now = 1 + share * lastsSeconds;
      const open = new Set<number>();
      for (let agent = 0; agent < count; agent++) {
        const pacer = new LevelPacer(
          {
            levelAt: (seconds) => levelAt(shape, seconds),
            startTimeSeconds: 1,
            lastsSeconds,
            connectTimeoutSeconds: 5,
            agent,
            agents: count,
          },
          {
            fill: (slot, intended) => {
              expect(open).not.toContain(slot);
              expect(slot % count).toBe(agent);
              expect(intended).toBeLessThanOrEqual(now);
              open.add(slot);
            },
            notStarted: () => {},
            empty: (slot) => expect(open.delete(slot)).toBe(true),
          },
        );
        for (let at = 1; at < now; at += lastsSeconds / 50) pacer.tick(at);
        for (let more = 0; more < 4; more++) pacer.tick(now);
      }
      // The level was looked at up to 5 ms ago, and a whole one is reached within rounding.
      const levels = [0, 1, 2, 3, 4, 5].map((ms) => levelAt(shape, Math.max(0, now - 1 - ms / 1000)));
      expect(open.size).toBeGreaterThanOrEqual(Math.floor(Math.min(...levels) - 1e-6));
      expect(open.size).toBeLessThanOrEqual(Math.floor(Math.max(...levels) + 1e-6));
    }),
  );
});
