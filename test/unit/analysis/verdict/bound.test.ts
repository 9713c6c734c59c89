import { describe, expect, it } from 'vitest';
import { judgeTrial } from '../../../../src/analysis/search/trial.ts';
import { exitCodeOf } from '../../../../src/commands/exit-code.ts';
import type { BallastEffects } from '../../../../src/model/timeline/capacity.ts';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, type RunShape, run } from '../../../fixtures/run.ts';
import { judgementOf, summarize } from '../../../fixtures/summary.ts';

const FAITHFUL: BallastEffects = { expiresFromSeconds: null, shortestLifeSeconds: null, evictableFromSeconds: null };
const judgement = (records: readonly TimelineRecord[]) => judgementOf(records, LATENCY);
const BREAKS: Partial<RunShape> = { fullAt: 5, ballast: 261_144 };

function withEffects(records: readonly TimelineRecord[], changes: Partial<BallastEffects>): TimelineRecord[] {
  const ballastEffects = { ...FAITHFUL, ...changes };
  return records.map((record) => (record.type === 'meta' ? { ...record, lab: { ...record.lab, ballastEffects } } : record));
}

function without(records: readonly TimelineRecord[], from: number, to: number): TimelineRecord[] {
  return records.filter(({ type, t }) => type !== 'conntrack' || t <= from || t >= to);
}

/** Takes `gone` entries a second out of every sample from `from` on. */
function losing(records: readonly TimelineRecord[], from: number, gone: number): TimelineRecord[] {
  return records.map((record) =>
    record.type === 'conntrack' && record.host === 'gateway' && record.t >= from
      ? { ...record, entries: Math.max(0, record.entries - gone * Math.ceil(record.t - from)) }
      : record,
  );
}

describe('a break with ballast', () => {
  it('is exact while it treats every entry as a table of that size would', () => {
    expect(judgement(withEffects(run(BREAKS), {})).verdict).toMatchObject({ kind: 'broke', validity: 'valid', bound: null });
  });

  it('is exact before the first entry expires, and in records that do not know', () => {
    const early = withEffects(run(BREAKS), { expiresFromSeconds: 8, shortestLifeSeconds: 8 });
    expect(judgement(early).verdict).toMatchObject({ validity: 'valid', bound: null });
    expect(judgement(run(BREAKS)).verdict).toMatchObject({ validity: 'valid', bound: null });
  });

  it('is no earlier than measured once entries have expired: exit 111', () => {
    const late = withEffects(run(BREAKS), { expiresFromSeconds: 1, shortestLifeSeconds: 1 });
    const { verdict, breakingPoint, thresholds } = summarize(late, LATENCY);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'inconclusive', bound: 'no-earlier', cause: 'conntrack-full' });
    expect(verdict.reasonCodes[0]).toBe('ballast-delays-expiry');
    expect(verdict.reasons[0]).toContain('expire from 1.00 s on, so a table of this size breaks no earlier than 5.00 s');
    expect(breakingPoint?.atSeconds).toBe(5);
    expect(exitCodeOf({ verdict, thresholds }, false)).toBe(111);
  });

  it('is no earlier than measured where early drop could have made room', () => {
    const { verdict } = judgement(withEffects(run(BREAKS), { evictableFromSeconds: 0 }));
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'inconclusive', bound: 'no-earlier' });
    expect(verdict.reasons[0]).toMatchObject({ code: 'ballast-prevents-eviction', figures: { atSeconds: 5 } });
  });

  it('is no later than measured when entries were gone before their timeouts', () => {
    const { verdict } = judgement(withEffects(losing(run(BREAKS), 1, 100), {}));
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'inconclusive', bound: 'no-later' });
    expect(verdict.reasons[0]).toMatchObject({ code: 'entries-ended-early', figures: { held: false, fromSeconds: 1.01 } });
  });

  it('proves nothing when both are true', () => {
    const both = withEffects(losing(run(BREAKS), 1, 100), { evictableFromSeconds: 0 });
    expect(judgement(both).verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive', bound: null });
  });
});

describe('a table with ballast that held', () => {
  const HELD: Partial<RunShape> = { ballast: 261_144 };

  it('would have held without: no doubt, but a note', () => {
    const { verdict } = judgement(withEffects(run(HELD), { expiresFromSeconds: 1, shortestLifeSeconds: 1 }));
    expect(verdict).toMatchObject({ kind: 'held', validity: 'valid', bound: null });
    expect(verdict.reasons.at(-1)).toEqual({ code: 'held-with-ballast', figures: {} });
  });

  it('is uncertain when entries were gone before their timeouts', () => {
    const { verdict } = judgement(withEffects(losing(run(HELD), 2, 60), {}));
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive', bound: null });
    expect(verdict.reasons[0]).toMatchObject({ code: 'entries-ended-early', figures: { held: true } });
  });

  it('may lose what its timeouts allow, and little more', () => {
    const expiring = { expiresFromSeconds: 1, shortestLifeSeconds: 1 };
    expect(judgement(withEffects(losing(run(HELD), 2, 60), expiring)).verdict.kind).toBe('held');
    expect(judgement(withEffects(losing(run(HELD), 9, 20), {})).verdict.kind).toBe('held');
  });
});

describe('a record with a gap around the break', () => {
  it('shows when the table was full at the latest, and the first attempt that felt it', () => {
    const { verdict } = summarize(without(run({ fullAt: 5 }), 4, 8), LATENCY);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'inconclusive', bound: 'no-later' });
    expect(verdict.reasonCodes[0]).toBe('samples-missing');
    expect(verdict.reasons[0]).toBe(
      'The table was not sampled between 4.00 s and 8.00 s (for 4.00 s), and the kernel dropped the first packet in that time: the table broke no later than 8.00 s; the first affected attempt was scheduled at 5.00 s, so it was full by then or shortly after.',
    );
  });

  it('is a doubt where ballast may have made it break sooner', () => {
    const records = withEffects(without(run(BREAKS), 4, 8), { evictableFromSeconds: 0 });
    expect(judgement(records).verdict).toMatchObject({ kind: 'inconclusive', bound: null });
  });

  it('leaves a table that held in no doubt, but its peak', () => {
    const { verdict } = summarize(without(run(), 2, 8), LATENCY);
    expect(verdict).toMatchObject({ kind: 'held', validity: 'valid', bound: null });
    expect(verdict.reasons.at(-1)).toBe(
      'The table was not sampled between 2.00 s and 8.00 s (for 6.00 s): its counters show that it dropped nothing in that time, but its peak may have been higher.',
    );
  });

  it('does not matter when it is short, or elsewhere', () => {
    expect(judgement(without(run({ fullAt: 5 }), 4.8, 5.2)).verdict).toMatchObject({ validity: 'valid', bound: null });
    expect(judgement(without(run({ fullAt: 5 }), 1, 4)).verdict).toMatchObject({ validity: 'valid', bound: null });
    expect(judgement(without(run({ fullAt: 5 }), 6, 9)).verdict).toMatchObject({ validity: 'valid', bound: null });
  });
});

describe('a search', () => {
  const trial = (records: readonly TimelineRecord[]) => judgeTrial(judgement(records));

  it('takes a break by ballast for proof only where ballast is faithful', () => {
    expect(trial(withEffects(run(BREAKS), {})).kind).toBe('broke');
    const bound = trial(withEffects(run(BREAKS), { evictableFromSeconds: 0 }));
    expect(bound).toMatchObject({ kind: 'out-of-reach', why: { code: 'ballast-prevents-eviction' } });
  });

  it('takes what held by ballast for proof', () => {
    expect(trial(withEffects(run({ ballast: 261_144 }), { evictableFromSeconds: 0 })).kind).toBe('held');
  });

  it('takes a break that may have been earlier for a break', () => {
    expect(trial(without(run({ fullAt: 5 }), 4, 8)).kind).toBe('broke');
  });
});
