import { describe, expect, it } from 'vitest';
import { findRecovery } from '../../../../src/analysis/breaking-point/recovery.ts';
import { sortRecords } from '../../../../src/analysis/log/run-log.ts';
import type { ActionFacts } from '../../../../src/model/timeline/action.ts';
import type { LoadRecord, TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { load, metaRecord } from '../../../fixtures/run.ts';

/** Ten seconds of 100 attempts in 100 ms each, of which `bad` fail; `more` records. */
function recoveryOf(bad: (t: number) => number, more: readonly TimelineRecord[] = [], breakAt = 3.02) {
  const loads = Array.from({ length: 100 }, (_, index) => index / 10).map((t) => {
    const failed = bad(t);
    const counts: Partial<LoadRecord> = { attempted: 100, succeeded: 100 - failed };
    return load(t, failed === 0 ? counts : { ...counts, failed: { 'connect-timeout': failed } });
  });
  return findRecovery(sortRecords([metaRecord(), ...loads, ...more]), breakAt);
}

function acted(t: number, action: Partial<ActionFacts>): TimelineRecord {
  return { type: 'event', t, name: 'action', action: { doneSeconds: t + 0.01, ...action } };
}

const between = (from: number, to: number) => (t: number) => (t >= from && t < to ? 40 : 0);

describe('the recovery of a table that broke', () => {
  it('is the first moment from which attempts fare as before the break', () => {
    expect(recoveryOf(between(3, 6))).toEqual({
      atSeconds: 6,
      afterBreakSeconds: expect.closeTo(2.98, 6),
      afterActionSeconds: null,
      lastDelayedAtSeconds: null,
      lastSecondsAsBefore: 4,
      attemptsSince: 4000,
      relief: null,
    });
  });

  it('is put beside the last action before it, not one before the break', () => {
    const actions = [acted(2, { flush: true }), acted(5.93, { max: 5000 }), acted(8, { flush: true })];
    expect(recoveryOf(between(3, 6), actions).afterActionSeconds).toBeCloseTo(0.07, 6);
    expect(recoveryOf(between(3, 6), actions.slice(0, 1)).afterActionSeconds).toBeNull();
  });

  it('says until when clients waited that had come before it', () => {
    const waited = load(5.9, { at: 7.1, delayed: 3 });
    const later = load(7.9, { at: 9.9, delayed: 1, attempted: 100 });
    expect(recoveryOf(between(3, 6), [waited, later]).lastDelayedAtSeconds).toBe(7.1);
  });

  it('is not there until a second of load has shown it', () => {
    const never = { atSeconds: null, afterBreakSeconds: null, attemptsSince: 0 };
    expect(recoveryOf(between(3, 10))).toMatchObject({ ...never, relief: null, lastSecondsAsBefore: 0 });
    expect(recoveryOf(between(3, 9.1))).toMatchObject({ ...never, lastSecondsAsBefore: 0.9 });
    expect(recoveryOf(between(3, 9)).atSeconds).toBe(9);
  });

  it('that did not last is a relief', () => {
    const twice = (t: number) => between(3, 5)(t) + between(7, 10)(t);
    expect(recoveryOf(twice)).toMatchObject({ atSeconds: null, relief: { fromSeconds: 5, untilSeconds: 7 } });
    expect(recoveryOf((t) => between(3, 5)(t) + between(5.9, 10)(t)).relief).toBeNull();
  });

  it('allows what failed before the break, and by chance', () => {
    const noisy = (t: number) => (Math.round(t * 10) % 3 === 0 ? 9 : 4);
    expect(recoveryOf((t) => Math.max(noisy(t), between(3, 6)(t))).atSeconds).toBe(6);
    expect(recoveryOf((t) => (t < 3 ? 0 : t < 6 ? 40 : t === 8 ? 2 : 1)).atSeconds).toBe(8.1);
  });

  it('is not taken for granted where single attempts show little', () => {
    // One attempt in 100 ms; before the break two of five were delayed.
    const rare = (failsUntil: number) => {
      const loads = Array.from({ length: 100 }, (_, index) => index).map((number) => {
        const t = number / 10;
        if (t < 3) return load(t, { attempted: 1, succeeded: 1, delayed: number % 5 < 2 ? 1 : 0 });
        return load(t, t < failsUntil ? { attempted: 1, failed: { 'connect-timeout': 1 } } : { attempted: 1, succeeded: 1 });
      });
      return findRecovery(sortRecords([metaRecord(), ...loads]), 3.02);
    };
    expect(rare(10)).toMatchObject({ atSeconds: null, attemptsSince: 0, lastSecondsAsBefore: 0, relief: null });
    expect(rare(6).atSeconds).toBeGreaterThan(5);
    expect(rare(6).atSeconds).toBeLessThanOrEqual(6);
  });

  it('is that of attempts whose clients wait for an answer', () => {
    const meta = metaRecord();
    const floods = [...meta.scenario.floods, { name: 'flood', kind: 'half-open', executor: 'burst' }];
    const unheard = Array.from({ length: 100 }, (_, index) =>
      load(index / 10, { flood: 'flood', attempted: 1e6, succeeded: 1e6 }),
    );
    const heard = Array.from({ length: 100 }, (_, index) => index / 10).map((t) =>
      load(t, { attempted: 100, delayed: between(3, 6)(t) }),
    );
    const log = sortRecords([{ ...meta, scenario: { ...meta.scenario, floods } }, ...unheard, ...heard]);
    expect(findRecovery(log, 3)).toMatchObject({ atSeconds: 6, attemptsSince: 4000 });
  });
});
