import { describe, expect, it } from 'vitest';
import { sortRecords } from '../../../../src/analysis/log/run-log.ts';
import { leftOutBefore, pacedFloods, paceUntil } from '../../../../src/analysis/verdict/pace.ts';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, load, metaRecord, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

/** The loads of these records, and which of the floods have a rate. */
function paced(records: readonly TimelineRecord[]) {
  const { loads, meta } = sortRecords(records);
  return [loads, pacedFloods(meta.scenario.floods)] as const;
}

const pace = (until: number, ...records: TimelineRecord[]) => paceUntil(...paced([metaRecord(), ...records]), until);

describe('the pace of the generator', () => {
  it('takes what was started by then, not what was due by then and started later', () => {
    const late = pace(1, load(0, { attempted: 40 }), load(0.1, { at: 2.5, attempted: 60 }), load(3, { attempted: 99 }));
    expect(late).toMatchObject({ scheduled: 100, started: 40, rate: 40 });
  });

  it('forgives a report that comes a tick late', () => {
    expect(pace(1, load(0.9, { at: 1.1, attempted: 60 }))).toMatchObject({ scheduled: 60, started: 60 });
  });

  it('counts what was never started as due', () => {
    expect(pace(1, load(0, { attempted: 40 }), load(0.3, { at: 1.4, notStarted: 60 }))).toMatchObject({
      scheduled: 100,
      started: 40,
    });
  });

  it('looks at a second at least', () => {
    expect(pace(0.02, load(0, { attempted: 40 }), load(0.9, { attempted: 60 }))).toMatchObject({ scheduled: 100, started: 100 });
  });

  it('sees a generator that ran behind and caught up when attempts cost it nothing any more', () => {
    const ticks = Array.from({ length: 10 }, (_, i) => i / 10);
    const caughtUp = pace(1, ...ticks.map((t) => load(t, { at: Math.min(1.1, t + 0.6), attempted: 100 })));
    expect(caughtUp).toMatchObject({ started: 1000, scheduled: 1000 });
    expect(caughtUp?.waitedShare).toBeGreaterThan(0.5);
  });

  it('makes little of one stall', () => {
    const ticks = Array.from({ length: 10 }, (_, i) => i / 10);
    const stalled = pace(1, ...ticks.map((t) => load(t, { at: t >= 0.3 && t < 0.6 ? 0.7 : t + 0.1, attempted: 30 })));
    expect(stalled?.waitedShare).toBeGreaterThan(0);
    expect(stalled?.waitedShare).toBeLessThan(0.1);
  });

  it('leaves out floods without a rate, and is unknown without any', () => {
    const burst = metaRecord();
    const floods = [{ name: 'requests', kind: 'short', executor: 'burst' }];
    const records = [{ ...burst, scenario: { ...burst.scenario, floods } }, load(0, { at: 3, attempted: 5000 })];
    expect(paceUntil(...paced(records), 1)).toBeUndefined();
  });
});

describe('what was left out before a break', () => {
  const leftOut = (executor: string) => {
    const meta = metaRecord();
    const floods = [{ name: 'requests', kind: 'short', executor }];
    const records = [load(0, { at: 0.5, notStarted: 3 }), load(0.1, { at: 8, notStarted: 70 }), load(6, { notStarted: 900 })];
    return leftOutBefore(...paced([{ ...meta, scenario: { ...meta.scenario, floods } }, ...records]), 5);
  };

  it('is all that was due by then where there is a rate: giving up takes a second', () => {
    expect(leftOut('constant-arrival-rate')).toBe(73);
  });

  it('is what had been given up by then where all is due at once', () => {
    expect(leftOut('burst')).toBe(3);
    expect(leftOut('constant-connections')).toBe(3);
  });
});

describe('a break of a generator that ran behind all along', () => {
  // Twice as much was due as was started; the rest started seconds later, none was given up.
  const behind = run({ fullAt: 6.005 }).map(
    (record): TimelineRecord => (record.type === 'load' ? { ...record, at: record.t * 2 + 0.1 } : record),
  );
  const { verdict, breakingPoint } = summarize(behind, LATENCY);

  it('is shown but marked, with what to do about it', () => {
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'generator-bound' });
    expect(breakingPoint?.entries).toBe(1000);
    expect(verdict.reasons.join(' ')).toMatch(/had started \d+ of [\d,]+ scheduled attempts.*What to do: a lower rate/);
  });

  it('is valid when it kept up', () => {
    expect(summarize(run({ fullAt: 6.005 }), LATENCY).verdict.validity).toBe('valid');
  });
});
