import { describe, expect, it } from 'vitest';
import { upstreamShares } from '../../../../src/analysis/causes/upstream.ts';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, load, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

/** A load behind nginx, of which it answered 100 requests with an error after it had complained. */
function judged(complaints: Readonly<Record<string, number>>, dataplane = 'proxy') {
  return summarize(
    run({ rate: 50 }).flatMap((record): TimelineRecord[] => {
      if (record.type === 'meta') {
        return [{ ...record, lab: { ...record.lab, dataplane, proxy: { implementation: 'nginx', keepAlive: false } } }];
      }
      if (record.type !== 'end') return [record];
      return [
        load(2, { attempted: 100, connected: 100, failed: { 'http-5xx': 100 }, firstBadAt: 2 }),
        { type: 'proxy', t: record.t, complaints },
        record,
      ];
    }),
    LATENCY,
  );
}

const NO_PORT = 'connect() failed (99: Cannot assign requested address) while connecting to upstream';

describe('requests that a proxy did not answer well', () => {
  it('have run out of local ports as far as it says so', () => {
    const { verdict, attribution, proxy } = judged({ [NO_PORT]: 60, other: 3 });
    expect(attribution.map(({ cause, failed }) => [cause, failed])).toEqual([
      ['upstream-ports-exhausted', 60],
      ['http-5xx', 40],
    ]);
    expect(attribution[0]?.evidence).toContain(`"${NO_PORT}" (60 times)`);
    expect(attribution[1]?.evidence).toContain('nginx wrote: ');
    expect(verdict).toMatchObject({ kind: 'inconclusive', cause: 'upstream-ports-exhausted' });
    expect(proxy).toEqual({ implementation: 'nginx', keepAlive: false, complaints: { [NO_PORT]: 60, other: 3 } });
  });

  it('are at most those that failed, however often it tried', () => {
    expect(judged({ 'Connect() failed for backend back: no free ports.': 400 }).attribution).toMatchObject([
      { cause: 'upstream-ports-exhausted', failed: 100 },
    ]);
  });

  it('are what the client saw where the gateway is no proxy', () => {
    expect(judged({ [NO_PORT]: 60 }, 'iptables').attribution).toMatchObject([{ cause: 'http-5xx', failed: 100 }]);
  });
});

describe('what a full table dropped on the way to the backend', () => {
  const shares = (upstreamAbandoned: number, tableFullFrom: number | undefined = 1) =>
    upstreamShares({
      meta: { lab: { dataplane: 'proxy' } } as Parameters<typeof upstreamShares>[0]['meta'],
      loads: [
        { type: 'load', t: 0.5, at: 2, flood: 'a', failed: { 'response-timeout': 50 } },
        { type: 'load', t: 2, at: 3, flood: 'a', failed: { 'response-timeout': 30, 'http-5xx': 10 } },
      ],
      proxy: undefined,
      accounting: { upstreamAbandoned, kernelDrops: 100 },
      udpFloods: new Set(),
      tableFullFrom,
    }).table;

  it('is a part of what failed since', () => {
    expect(shares(20)).toBe(0.5);
    expect(shares(90)).toBe(1);
    expect(shares(0)).toBe(0);
    expect(shares(20, 10)).toBe(0);
  });
});
