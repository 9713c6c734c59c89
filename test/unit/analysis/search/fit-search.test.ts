import { describe, expect, it } from 'vitest';
import { FitSearch } from '../../../../src/analysis/search/fit-search.ts';
import type { Answer, TrialOutcome } from '../../../../src/analysis/search/search.ts';

const CUT = { code: 'recording-truncated', figures: {} } as const;
const PORTS = { code: 'more-sockets', figures: {} } as const;
const OPTIONS = { initialValue: 3300, exponentialFactor: 2, deadlineSeconds: 100 };

/** Runs a search to its end, ten seconds a trial, against a table with places for `room` connections. */
function search(room: number, options: Partial<typeof OPTIONS> = {}, steady = room) {
  let now = 0;
  const one = new FitSearch({ ...OPTIONS, ...options }, () => now);
  const tried: [value: number, confirm: boolean][] = [];
  for (let step = one.next(); ; step = one.next()) {
    if (step.kind !== 'trial') return { answer: step as Answer, tried };
    const { value, confirm } = step;
    tried.push([value, confirm]);
    const outcome: TrialOutcome = { kind: value > (confirm ? steady : room) ? 'broke' : 'held' };
    now += 10;
    one.record(outcome, Math.min(value, room));
  }
}

describe('how many connections fit', () => {
  it('is read from one trial and confirmed by a second', () => {
    expect(search(3000)).toEqual({
      answer: { kind: 'converged', value: 3000 },
      tried: [
        [3300, false],
        [3000, true],
      ],
    });
  });

  it('asks for more while everything fits', () => {
    expect(search(3000, { initialValue: 1000 }).tried).toEqual([
      [1000, false],
      [2000, false],
      [4000, false],
      [3000, true],
    ]);
  });

  it('goes down one by one when the confirmation breaks', () => {
    expect(search(3000, {}, 2998)).toMatchObject({ answer: { kind: 'converged', value: 2998 }, tried: { length: 4 } });
  });

  it('has no answer when none holds, none fits, or time is over', () => {
    expect(search(3000, { deadlineSeconds: 1000 }, 100).answer).toMatchObject({ kind: 'doomed', best: null });
    expect(search(0).answer).toEqual({ kind: 'doomed', why: { code: 'nothing-fits' }, best: null });
    expect(search(3000, { initialValue: 1000, deadlineSeconds: 15 }).answer).toMatchObject({ kind: 'deadline', best: 2000 });
  });

  it('is tried once more when a trial proves nothing', () => {
    const one = new FitSearch(OPTIONS, () => 0);
    one.record({ kind: 'unclear', why: CUT }, 0);
    expect(one.next()).toMatchObject({ kind: 'trial', value: 3300, confirm: false });
    one.record({ kind: 'unclear', why: CUT }, 0);
    expect(one.next()).toMatchObject({ kind: 'doomed', why: { code: 'trial', why: CUT } });
  });

  it('is not given up for single trials that prove nothing, far apart', () => {
    const one = new FitSearch(OPTIONS, () => 0);
    one.record({ kind: 'unclear', why: CUT }, 0);
    one.record({ kind: 'broke' }, 3000);
    one.record({ kind: 'unclear', why: CUT }, 0);
    expect(one.next()).toMatchObject({ kind: 'trial', value: 3000, confirm: true });
  });

  it('is not what the generator could open', () => {
    const one = new FitSearch(OPTIONS, () => 0);
    one.record({ kind: 'out-of-reach', why: PORTS }, 500);
    expect(one.next()).toEqual({ kind: 'doomed', why: { code: 'trial', why: PORTS }, best: null });
  });
});
