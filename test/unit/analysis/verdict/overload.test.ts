import { describe, expect, it } from 'vitest';
import type { ScenarioFacts } from '../../../../src/model/timeline/run.ts';
import type { LoadRecord, TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, load, run, synRetransmissions } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

const BUSY = { cpuShare: 0.99, ctloadShare: 0.7, softirqShare: 0.3 };

/** A run on a machine whose CPUs were as `busy` from `from` on. */
function on(busy: object, records: readonly TimelineRecord[], from = 0): TimelineRecord[] {
  return records.map((record) => (record.type === 'host' && record.t > from ? { ...record, ...busy } : record));
}

function withBackend(backend: ScenarioFacts['backend'], records: readonly TimelineRecord[]): TimelineRecord[] {
  return records.map((record) =>
    record.type === 'meta' && backend !== undefined ? { ...record, scenario: { ...record.scenario, backend } } : record,
  );
}

const verdictOf = (records: readonly TimelineRecord[]) => summarize(records, LATENCY).verdict;
const failing = (failed: LoadRecord['failed'] = { reset: 30, 'response-timeout': 20 }) =>
  load(5, { attempted: 50, failed, firstBadAt: 5 });
const WELL = { delaySeconds: 0, status: 200, backlog: 65_535 };
const BOUND = { kind: 'inconclusive', validity: 'generator-bound' };
const OPEN = { kind: 'inconclusive', validity: 'inconclusive' };

describe('a lab that has no CPU left', () => {
  it('is the limit, not the gateway, and the report says what to do', () => {
    const verdict = verdictOf(on(BUSY, withBackend(WELL, [...run(), failing()])));
    expect(verdict).toMatchObject({ ...BOUND, cause: 'reset' });
    expect(verdict.reasons[0]).toMatch(/^The lab was the limit: .* 2 cores, which were 99 % busy .*70 %.* when 50 attempts/);
    expect(verdict.reasons[1]).toMatch(/^What to do: a lower rate \(this run reached .*`protocol: tcp`.*more cores\.$/);
    expect(verdict.reasons[2]).toContain('all cores together');
  });

  it.each([
    ['SYNs that were repeated', [load(5, { delayed: 30 }), synRetransmissions(12, 930)]],
    ['SYNs without an answer', [failing({ 'connect-timeout': 50 })]],
    ['held sockets that ended', [load(5, { disconnected: 30 })]],
  ])('shows in %s', (_, records) => {
    expect(verdictOf(on(BUSY, [...run(), ...records]))).toMatchObject(BOUND);
    expect(verdictOf([...run(), ...records])).toMatchObject(OPEN);
  });

  it('has held what it held, busy or not', () => {
    expect(verdictOf(on(BUSY, run()))).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(verdictOf(on(BUSY, [...run(), load(5, { failed: { reset: 1 } })]))).toMatchObject({ kind: 'held', validity: 'valid' });
  });

  it('does not make a break doubtful', () => {
    expect(verdictOf(on(BUSY, run({ fullAt: 6.005 })))).toMatchObject({ kind: 'broke', validity: 'valid' });
  });
});

describe('is not made responsible', () => {
  it.each([
    ['when there was CPU left', { ...BUSY, cpuShare: 0.9 }],
    ['when other programs took it', { ...BUSY, ctloadShare: 0.3 }],
  ])('%s', (_, busy) => {
    expect(verdictOf(on(busy, [...run(), failing()]))).toMatchObject(OPEN);
  });

  it('when it was busy at another time', () => {
    expect(verdictOf(on(BUSY, [...run(), failing()], 6.5))).toMatchObject(OPEN);
  });

  it.each([{ 'http-5xx': 50 }, { refused: 50 }, { unreachable: 50 }, { 'http-5xx': 40, reset: 10 }])(
    'for what no want of CPU makes: %o',
    (failed) => {
      expect(verdictOf(on(BUSY, [...run(), failing(failed)]))).toMatchObject(OPEN);
    },
  );

  it('for SYNs that met connections in TIME_WAIT at the backend', () => {
    const met = (t: number, count: number): TimelineRecord => ({
      type: 'netstat',
      t,
      host: 'backend',
      counters: { TcpExtPAWSTimewait: count },
    });
    const delayed = [...run(), load(5, { delayed: 30 }), synRetransmissions(12, 930)];
    expect(verdictOf(on(BUSY, [...delayed, met(-0.4, 5), met(10, 33)]))).toMatchObject(OPEN);
    expect(verdictOf(on(BUSY, delayed))).toMatchObject(BOUND);
  });

  it.each([
    ['answers late', { ...WELL, delaySeconds: 2 }, { 'response-timeout': 50 }],
    ['queues few', { ...WELL, backlog: 1 }, { 'connect-timeout': 50 }],
  ] as const)('where the scenario has a backend that %s', (_, backend, failed) => {
    const records = [...run(), failing(failed)];
    expect(verdictOf(on(BUSY, withBackend(backend, records)))).toMatchObject(OPEN);
    expect(verdictOf(on(BUSY, withBackend(WELL, records)))).toMatchObject(BOUND);
  });

  it('for a backend that is another machine', () => {
    const elsewhere = run().map(
      (record): TimelineRecord =>
        record.type === 'meta' ? { ...record, environment: { ...record.environment, driver: 'external' } } : record,
    );
    expect(verdictOf(on(BUSY, [...elsewhere, failing()]))).toMatchObject(OPEN);
  });
});
