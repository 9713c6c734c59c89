import { describe, expect, it } from 'vitest';
import { limitDecidedBy } from '../../../../src/analysis/search/limit-decided.ts';
import { judgeTrial } from '../../../../src/analysis/search/trial.ts';
import type { Decider, TrialReport } from '../../../../src/model/result/find.ts';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { TRIAL } from '../../../fixtures/find.ts';
import { LATENCY, load, run } from '../../../fixtures/run.ts';
import { judgementOf } from '../../../fixtures/summary.ts';

const THRESHOLD = { metric: 'conntrack_utilization', expression: 'max<0.4' };
const limited = (records: readonly TimelineRecord[]) =>
  judgementOf(
    records.map((record) =>
      record.type === 'meta'
        ? {
            ...record,
            scenario: { ...record.scenario, thresholds: [{ ...THRESHOLD, abortOnFail: false, delayAbortEvalSeconds: 0 }] },
          }
        : record,
    ),
    LATENCY,
  );

describe('what decided a trial', () => {
  it.each([
    ['the table, which broke', run({ fullAt: 6.005 }), 'broke', 'table'],
    ['the table, which held', run(), 'held', 'table'],
    ['the generator', [...run(), load(5, { notStarted: 60 })], 'out-of-reach', 'generator'],
    ['nothing: the run proves nothing', run().slice(0, -1), 'unclear', 'evidence'],
  ] as const)('%s', (_, records, kind, by) => {
    expect(judgeTrial(judgementOf(records, LATENCY))).toMatchObject({ kind, decided: { by, threshold: null } });
  });

  it('a threshold that failed although the table held, with what was observed', () => {
    const decided = { by: 'threshold', threshold: { ...THRESHOLD, observed: 0.5 } };
    expect(judgeTrial(limited(run()))).toMatchObject({ kind: 'broke', decided });
  });

  it('a threshold that stopped the load', () => {
    const stop: TimelineRecord = { type: 'event', t: 8, name: 'threshold-crossed', threshold: { ...THRESHOLD, observed: 0.4 } };
    const records: TimelineRecord[] = [...run().slice(0, -1), stop, { type: 'end', t: 9, outcome: 'stopped' }];
    expect(judgeTrial(limited(records))).toMatchObject({ kind: 'broke', decided: { by: 'threshold' } });
  });

  it('the table before a threshold, when both failed', () => {
    expect(judgeTrial(limited(run({ fullAt: 6.005 })))).toMatchObject({ kind: 'broke', decided: { by: 'table' } });
  });

  it('nothing where something else flushed the table, although it dropped packets', () => {
    const changed: TimelineRecord[] = run({ fullAt: 6.005 }).map((record) =>
      record.type === 'conntrack' && record.host === 'gateway' && record.t > 8 ? { ...record, entries: 0 } : record,
    );
    const known = changed.map((record) =>
      record.type === 'meta'
        ? { ...record, environment: { ...record.environment, sysctls: { 'net.netfilter.nf_conntrack_tcp_timeout_close': '10' } } }
        : record,
    );
    expect(judgeTrial(judgementOf(known, LATENCY))).toMatchObject({ kind: 'unclear', decided: { by: 'evidence' } });
  });
});

describe('what decided the limit', () => {
  const table: Decider = { by: 'table', threshold: null };
  const threshold: Decider = { by: 'threshold', threshold: { ...THRESHOLD, observed: 0.5 } };
  const trial = (value: number, outcome: TrialReport['outcome'], decided: Decider): TrialReport => ({
    ...TRIAL,
    value,
    outcome,
    decided,
  });

  it('is what failed first above the answer', () => {
    const trials = [trial(400, 'broke', table), trial(100, 'broke', threshold), trial(90, 'held', table)];
    expect(limitDecidedBy(trials, 90)).toEqual(threshold);
    expect(limitDecidedBy([trials[0] as TrialReport], 90)).toEqual(table);
    expect(limitDecidedBy(trials, null)).toEqual(threshold);
    expect(limitDecidedBy([trial(90, 'held', table)], 90)).toBeNull();
  });
});
