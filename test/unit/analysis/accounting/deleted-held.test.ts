import { describe, expect, it } from 'vitest';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, load, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

function netstat(host: 'client' | 'backend', t: number, counters: Readonly<Record<string, number>>): TimelineRecord {
  return { type: 'netstat', t, host, counters };
}

/** A load that the table holds; 40 held connections close `at`, with so many resets at either end. */
function judged(at: number, { deleted = 300, sent = 40, received = 40 } = {}) {
  const action = { flush: true, doneSeconds: 5.01, deletedEntries: deleted } as const;
  return summarize(
    [
      ...run({ rate: 50 }).filter(({ type }) => type !== 'end'),
      load(at - 0.1, { at, disconnected: 40 }),
      netstat('client', -0.3, { TcpExtTCPSynRetrans: 900, TcpEstabResets: 7 }),
      netstat('backend', -0.3, { TcpOutRsts: 3 }),
      netstat('client', 11, { TcpExtTCPSynRetrans: 900, TcpEstabResets: 7 + received }),
      netstat('backend', 11, { TcpOutRsts: 3 + sent }),
      { type: 'event', t: 5, name: 'action', action },
      { type: 'end', t: 11, outcome: 'finished' },
    ],
    LATENCY,
  ).verdict;
}

describe('held connections that closed after an action had deleted their entries', () => {
  it('are explained by as many resets at both ends', () => {
    const verdict = judged(6);
    expect(verdict).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(verdict.reasons.join()).toContain('40 held connections closed after an action had deleted entries at 5.00 s');
  });

  it('are not when they closed before, were more than were deleted, or one end counted fewer', () => {
    for (const verdict of [judged(4.9), judged(6, { deleted: 39 }), judged(6, { sent: 39 }), judged(6, { received: 39 })]) {
      expect(verdict.kind).toBe('inconclusive');
      expect(verdict.reasonCodes[0]).toBe('held-closed-early');
    }
  });
});
