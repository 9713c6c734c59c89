import { describe, expect, it } from 'vitest';
import { TIMEOUT_NAMES, timeoutSeconds, timeoutSysctl } from '../../../../src/model/input/timeouts.ts';
import type { MetaRecord, TableCheckRecord, TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, type RunShape, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

function sysctls(timeouts: Readonly<Record<string, number>> = {}): Record<string, string> {
  return Object.fromEntries(
    TIMEOUT_NAMES.map((name) => [timeoutSysctl(name) as string, String(timeoutSeconds(name, timeouts))] as const),
  );
}

/** A run with the kernel's timeouts recorded, whose samples read what `entries` makes of them. */
function recorded(
  shape: Partial<RunShape>,
  entries: (now: number, t: number) => number = (now) => now,
  timeouts?: Readonly<Record<string, number>>,
  change: (meta: MetaRecord) => MetaRecord = (meta) => meta,
): TimelineRecord[] {
  // A table that does not fill takes 50 entries a second, one for each attempt.
  return run(shape.fullAt === undefined ? { rate: 50, ...shape } : shape).map((record): TimelineRecord => {
    if (record.type === 'meta') {
      return change({ ...record, environment: { ...record.environment, sysctls: sysctls(timeouts) } });
    }
    if (record.type !== 'conntrack' || record.host !== 'gateway' || record.t < 0) return record;
    return { ...record, entries: entries(record.entries, record.t) };
  });
}

const judge = (records: readonly TimelineRecord[]) => summarize(records, LATENCY).verdict;
const flushedAt = (at: number) => (now: number, t: number) => (t < at ? now : Math.floor((t - at) * 50));

describe('entries that vanish', () => {
  it('prove a flush: a held load is not certain', () => {
    const verdict = judge(recorded({}, flushedAt(5)));
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(verdict.reasonCodes[0]).toBe('entries-vanished');
    expect(verdict.reasons[0]).toBe(
      "Something deleted entries of the gateway's table, or let them expire sooner (conntrack -F, conntrack -D, a timeout changed for a while; on a node kube-proxy, which deletes the UDP entries of endpoints that go away; or the kernel, which evicts unanswered and closing entries from every table that is 95 % full once a table anywhere on this machine has been full): 249 entries vanished at 5.00 s, more than timeouts and early drop explain.",
    );
  });

  it('prove it before a break, which then came at the wrong time', () => {
    const flushed = (now: number, t: number) => (t < 3 || t >= 6.005 ? now : Math.floor((t - 3) * 330));
    const verdict = judge(recorded({ fullAt: 6.005 }, flushed));
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.reasonCodes).toContain('entries-vanished');
  });

  it('prove it of a few in a table of many', () => {
    const large = { max: 200_000, buckets: 200_000 };
    expect(judge(recorded(large, (_, t) => (t < 8 ? Math.floor(t * 100) : 0))).reasonCodes[0]).toBe('entries-vanished');
  });

  it('prove a deletion bit by bit', () => {
    const bits = (now: number, t: number) => Math.max(0, now - Math.floor(Math.max(0, t - 3) * 400));
    const verdict = judge(recorded({}, bits));
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.reasons[0]).toMatch(/2\d entries vanished at 3\.\d\d s/);
  });

  it('prove it where new ones hide that they vanish one by one: fewer are left than connections were established', () => {
    const fewer = (now: number, t: number) => now - Math.floor(Math.min(100, Math.max(0, t - 3) * 40));
    const verdict = judge(recorded({}, fewer));
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(verdict.reasons[0]).toMatch(/2\d entries vanished at 3\.\d\d s/);
    expect(judge(recorded({}, fewer, { tcp_time_wait: 1 })).kind).toBe('held');
  });

  it('prove nothing where a busy agent says too early when its connections were established', () => {
    const late = (_: number, t: number) => Math.floor(Math.max(0, t - 0.15) * 1000);
    expect(judge(recorded({ max: 20_000, buckets: 20_000, rate: 1000 }, late)).kind).toBe('held');
  });

  it('prove that ballast was deleted: it is counted in, so that less than none is left', () => {
    const verdict = judge(recorded({ ballast: 9000, buckets: 10_000 }, (now, t) => (t < 5 ? now : now - 9000)));
    expect(verdict.reasonCodes[0]).toBe('entries-vanished');
    expect(verdict.reasons[0]).toContain('8,999 entries vanished at 5.00 s');
  });

  it('prove nothing with ballast, from which gc takes closing connections when another table is full', () => {
    const ballast = { max: 1000, ballast: 19_000, buckets: 20_000 };
    const collected = (now: number, t: number) => (t < 5 ? now : now - 200);
    expect(judge(recorded(ballast, collected)).kind).toBe('held');
    expect(judge(recorded({}, collected)).kind).toBe('inconclusive'); // with a lease its own table is what counts
  });

  it('prove that prefilled entries were deleted before the first sample', () => {
    const prefilled = (meta: MetaRecord): MetaRecord => ({
      ...meta,
      lab: { ...meta.lab, capacity: { ...meta.lab.capacity, prefilled: 400 } },
    });
    expect(judge(recorded({}, (now) => now + 400, undefined, prefilled)).kind).toBe('held');
    expect(judge(recorded({}, (now) => now, undefined, prefilled)).reasonCodes[0]).toBe('entries-vanished');
  });

  it('prove nothing while they may have expired: a sawtooth', () => {
    const sawtooth = (now: number, t: number) => now - 50 * Math.floor(Math.max(0, t - 1) / 1);
    expect(judge(recorded({}, sawtooth, { tcp_time_wait: 1 })).kind).toBe('held');
    expect(judge(recorded({}, sawtooth)).kind).toBe('inconclusive'); // with 10 s and more, none has
  });

  it('prove nothing when the garbage collector of a full table takes some', () => {
    const collected = (now: number, t: number) => (t > 8 && t < 8.5 ? 951 : now);
    expect(judge(recorded({ fullAt: 6.005 }, collected)).kind).toBe('broke');
    const below = (now: number, t: number) => (t > 8 && t < 8.5 ? 600 : now);
    expect(judge(recorded({ fullAt: 6.005 }, below)).kind).toBe('inconclusive');
  });

  it('prove nothing on a live gateway, unless most go at once', () => {
    const live = (meta: MetaRecord): MetaRecord => ({
      ...meta,
      lab: { ...meta.lab, capacity: { ...meta.lab.capacity, method: 'in-force' } },
    });
    const refused = (now: number, t: number) => now - 10 * Math.floor(t);
    expect(judge(recorded({}, refused, undefined, live)).kind).toBe('held');
    expect(judge(recorded({}, flushedAt(5), undefined, live)).reasonCodes[0]).toBe('entries-vanished');
  });
});

describe('the check after the load', () => {
  const checked = (records: TimelineRecord[], check: Partial<TableCheckRecord>): TimelineRecord[] => [
    ...records.slice(0, -1),
    { type: 'table-check', t: 10.5, sysctls: {}, ...check },
    ...records.slice(-1),
  ];

  it('finds a timeout that was changed during the run', () => {
    const same = judge(checked(recorded({}), { sysctls: sysctls() }));
    expect(same.kind).toBe('held');
    const verdict = judge(checked(recorded({}), { sysctls: sysctls({ tcp_time_wait: 5 }) }));
    expect(verdict).toMatchObject({
      kind: 'inconclusive',
      reasonCodes: ['settings-changed', 'nothing-dropped', 'all-succeeded'],
    });
    expect(verdict.reasons[0]).toContain('net.netfilter.nf_conntrack_tcp_timeout_time_wait 120 → 5');
  });

  it('finds ballast that is gone', () => {
    const ballast = recorded({ ballast: 9000, buckets: 10_000 });
    expect(judge(checked(ballast, { syntheticEntries: 9000 })).kind).toBe('held');
    const verdict = judge(checked(ballast, { syntheticEntries: 8000 }));
    expect(verdict).toMatchObject({ kind: 'inconclusive' });
    expect(verdict.reasons[0]).toContain('of the 9,000 that fill');
  });
});
