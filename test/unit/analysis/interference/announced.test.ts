import { describe, expect, it } from 'vitest';
import { TIMEOUT_NAMES, timeoutSeconds, timeoutSysctl } from '../../../../src/model/input/timeouts.ts';
import type { ActionFacts } from '../../../../src/model/timeline/action.ts';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

const TIME_WAIT = timeoutSysctl('tcp_time_wait') as string;
const DEFAULTS = Object.fromEntries(
  TIMEOUT_NAMES.map((name) => [timeoutSysctl(name) as string, String(timeoutSeconds(name, {}))] as const),
);

/** A load of 50 entries a second that the table holds, whose samples read what `entries` makes of them. */
function judged(
  entries: (now: number, t: number) => number,
  actions: readonly (ActionFacts & { readonly t: number })[],
  sysctls: Readonly<Record<string, string>> = {},
  prefilled = 0,
) {
  const records = run({ rate: 50 }).flatMap((record): TimelineRecord[] => {
    if (record.type === 'meta') {
      const { lab, environment } = record;
      const capacity = { ...lab.capacity, prefilled };
      return [{ ...record, lab: { ...lab, capacity }, environment: { ...environment, sysctls: DEFAULTS } }];
    }
    if (record.type === 'end') {
      const events = actions.map(({ t, ...action }) => ({ type: 'event', t, name: 'action', action }) as const);
      return [...events, { type: 'table-check', t: record.t, sysctls: { ...DEFAULTS, ...sysctls } }, record];
    }
    if (record.type !== 'conntrack' || record.host !== 'gateway' || record.t < 0) return [record];
    return [{ ...record, entries: entries(record.entries, record.t) }];
  });
  return summarize(records, LATENCY).verdict;
}

const flushedAt =
  (...times: number[]) =>
  (now: number, t: number) => {
    const last = times.findLast((at) => t >= at);
    return last === undefined ? now : Math.floor((t - last) * 50);
  };
const flush = (t: number) => ({ t, flush: true, doneSeconds: t + 0.02, deletedEntries: 250 }) as const;

describe('what actions do to the table', () => {
  it('is no interference', () => {
    expect(judged(flushedAt(5), [flush(4.99)])).toMatchObject({ kind: 'held', validity: 'valid' });
    const deleted = { t: 4.99, delete: { state: 'TIME_WAIT' }, doneSeconds: 5.02, deletedEntries: 250 } as const;
    expect(judged(flushedAt(5), [deleted]).kind).toBe('held');
    expect(judged((now) => now, [{ t: 5, timeouts: { tcp_time_wait: 10 }, doneSeconds: 5 }], { [TIME_WAIT]: '10' }).kind).toBe(
      'held',
    );
  });

  it('does not cover for what something else does', () => {
    expect(judged(flushedAt(5, 8), [flush(4.99)]).reasonCodes).toContain('entries-vanished');
    expect(judged(flushedAt(3, 5), [flush(4.99)]).reasonCodes).toContain('entries-vanished');
    const timeout = { t: 5, timeouts: { tcp_time_wait: 10 }, doneSeconds: 5 };
    expect(judged((now) => now, [timeout], { [TIME_WAIT]: '11' }).reasonCodes).toContain('settings-changed');
    expect(judged((now) => now, [timeout]).reasonCodes).toContain('settings-changed');
  });

  it('takes prefilled entries with it, as far as they are of the kind that is deleted', () => {
    const all = (now: number, t: number) => (t < 5 ? now + 300 : Math.floor((t - 5) * 50));
    expect(judged(all, [flush(4.99)], {}, 300).kind).toBe('held');
    const others = { t: 4.99, delete: { state: 'TIME_WAIT' }, doneSeconds: 5.02, deletedEntries: 250 } as const;
    expect(judged(all, [others], {}, 300).reasonCodes).toContain('entries-vanished');
  });

  it('that failed leaves nothing certain', () => {
    const failed: TimelineRecord = { type: 'event', t: 5, name: 'action-failed', detail: 'action 1 of 1: no room' };
    const verdict = summarize([...run({ rate: 50 }), failed], LATENCY).verdict;
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(verdict.reasons[0]).toBe('An action could not be carried out: action 1 of 1: no room.');
  });
});
