import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { FloodSummary, LatencySummary } from '../../../../src/model/result/flood-summary.ts';
import type { Summary } from '../../../../src/model/result/summary.ts';
import { renderTerminal } from '../../../../src/report/terminal/terminal.ts';
import { LATENCY, load, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

const BROKE = summarize(run({ fullAt: 6.005 }), LATENCY);
const HELD = summarize(run(), LATENCY);
const plain = (summary: Summary, width = 100) => renderTerminal(summary, { color: false, width });
const words = (text: string) => text.replace(/\s+/g, ' ');

describe('the report of a break', () => {
  const text = words(plain(BROKE));

  it('says what broke, at how many entries, when and at what rate', () => {
    expect(text).toContain('BROKE conntrack table full');
    expect(text).toContain('Broke at 1,000 of 1,000 entries, 6.01 s into the load, at 100 new connections/s (3 open).');
  });

  it('says what clients felt', () => {
    expect(text).toContain('200 of 1,000 attempts failed (20 %); connected in p50 0.40 ms, p99 3.00 ms, max 4.00 ms');
  });

  it('names the flood whose connect times these are when there are several', () => {
    const requests = BROKE.floods['requests'] as FloodSummary;
    const slow = { ...requests.latencyMs['connecting'], p50: 7, p99: 9, max: 11 } as LatencySummary;
    const other = { ...requests, attempted: 0, failed: 0, latencyMs: { connecting: slow } };
    const two = words(plain({ ...BROKE, floods: { requests, other } }));
    expect(two).toContain('failed (20 %); slowest flood (other) connected in p50 7.00 ms, p99 9.00 ms, max 11.0 ms');
    const untimed = words(plain({ ...BROKE, floods: { requests, other: { ...other, latencyMs: {} } } }));
    expect(untimed).toContain('failed (20 %); connected in p50 0.40 ms');
  });

  it('says that CPU and memory looked fine', () => {
    expect(text).toContain('gateway CPU at most 5.0 %, memory 10 %: both look healthy');
  });

  it('names what other programs took beside ctload, and not as the gateway’s', () => {
    const busy = run({ fullAt: 6.005 }).map((record) => (record.type === 'host' ? { ...record, cpuShare: 1 } : record));
    expect(words(plain(summarize(busy, LATENCY)))).toContain(
      'gateway CPU at most 5.0 %, memory 10 %: both look healthy (whole machine: CPU 100 %; ctload 30 %, other programs at least 65 %, busiest',
    );
  });

  it('says why that is certain', () => {
    expect(text).toContain('Why this is certain');
    expect(text).toContain('400 packets dropped by the kernel, 200 retransmitted SYNs + 200 abandoned attempts (ratio 1.000)');
    expect(text).toContain('No other conntrack table on the path dropped packets (client 0, backend 0, host 0).');
  });

  it('says how the table got its size and how early drop behaves', () => {
    expect(text).toContain('sysctl: nf_conntrack_max 1,000, nf_conntrack_buckets 1,000');
    expect(text).toContain(
      'as on a node with 1.0 entries per bucket. Predicted: 100 % of SYNs that reach the full table are dropped',
    );
  });

  it('warns that early drop is not faithful with ballast or too many buckets', () => {
    const ballast = summarize(run({ fullAt: 6.005, ballast: 9000 }), LATENCY);
    expect(words(plain(ballast))).toContain('ballast: 9,000 synthetic entries, leaving 1,000 of 10,000 usable');
    expect(words(plain(ballast))).toContain('not faithful: the kernel cannot evict ballast');
    const sparse = summarize(run({ fullAt: 6.005, buckets: 262_144 }), LATENCY);
    expect(words(plain(sparse))).toContain('almost ineffective at 0.0038 entries per bucket, so losses are overstated');
  });

  it('has a line for every flood, with the causes of its failures', () => {
    expect(text).toMatch(/requests short 1,000 800 200 conntrack-full 0\.40 ms 3\.00 ms 4\.00 ms/);
  });

  it('claims nothing of held sockets when none was opened', () => {
    const sockets: FloodSummary = { ...(BROKE.floods['requests'] as FloodSummary), kind: 'long', succeeded: 0, peakOpen: 0 };
    expect(words(plain({ ...BROKE, floods: { sockets } }))).toContain('Held no connection was opened');
  });

  it('says that held sockets stayed responsive', () => {
    const sockets: FloodSummary = {
      ...(BROKE.floods['requests'] as FloodSummary),
      kind: 'long',
      peakOpen: 500,
      heartbeats: 9000,
    };
    const withSockets = { ...BROKE, floods: { ...BROKE.floods, sockets } };
    expect(words(plain(withSockets))).toContain('up to 500 sockets stayed responsive: 9,000 heartbeats answered, 0 missed');
    const lossy = { ...BROKE, floods: { sockets: { ...sockets, disconnected: 12, heartbeatsMissed: 30 } } };
    expect(words(plain(lossy))).toContain('up to 500 sockets lost 12 connections: 9,000 heartbeats answered, 30 missed');
  });
});

describe('the report of a load that was held', () => {
  it('gives the peak and says that nothing was dropped', () => {
    const text = words(plain(HELD));
    expect(text).toContain('HELD the table held');
    expect(text).toContain('Peak 500 of 1,000 entries (50 %), no packet dropped, over 11.0 s.');
    expect(text).toContain('all 1,000 attempts connected, no SYN retransmissions');
    expect(text).not.toContain('Early drop');
  });
});

describe('the report of a run that proves nothing', () => {
  it('gives the reasons against it and names the cause', () => {
    const summary = summarize([...run(), load(5, { attempted: 40, failed: { refused: 40 } })], LATENCY);
    const text = words(plain(summary));
    expect(text).toContain('INCONCLUSIVE not the table: refused');
    expect(text).toContain(
      'Why this is inconclusive ! Attempts failed although no conntrack table that ctload can see dropped a packet',
    );
  });

  it('says when the generator was the limit', () => {
    const summary = summarize([...run(), load(5, { notStarted: 100 })], LATENCY);
    expect(words(plain(summary))).toContain('INCONCLUSIVE the generator was the limit');
  });

  it('can show a run without a single attempt', () => {
    const summary = summarize(
      run().filter((record) => record.type === 'meta'),
      [],
    );
    expect(words(plain(summary))).toContain('no attempts');
  });
});

describe('thresholds in the report', () => {
  const one = { metric: 'conn_connecting', expression: 'p(99)<250', ok: true, observed: 3.04, stoppedAtSeconds: null };
  const withThresholds = (...thresholds: Summary['thresholds']) => words(plain({ ...BROKE, thresholds }));

  it('are listed with what was observed', () => {
    const drop = { metric: 'conntrack_drop', expression: 'count==0', ok: false, observed: 400, stoppedAtSeconds: 6.5 };
    const text = withThresholds(one, drop, { ...one, metric: 'ws_connecting', observed: null });
    expect(text).toContain(
      'Thresholds: 1 of 3 failed + conn_connecting p(99)<250: ok, 3.04 ms x conntrack_drop count==0: failed',
    );
    expect(text).toContain('count==0: failed, 400, stopped the load at 6.50 s + ws_connecting p(99)<250: ok, no sample');
  });

  it('are one line when all hold, and none without any', () => {
    expect(withThresholds(one)).toContain('Thresholds: all hold + conn_connecting p(99)<250: ok, 3.04 ms');
    expect(withThresholds()).not.toContain('Thresholds');
  });

  it('say in the headline that one stopped the load', () => {
    const verdict = { ...BROKE.verdict, kind: 'inconclusive', validity: 'valid', cause: null } as const;
    const stopped = { ...HELD, verdict };
    expect(words(plain(stopped))).toContain('INCONCLUSIVE a threshold stopped the load');
  });
});

describe('the shape of the report', () => {
  it.each([40, 60, 80, 100, 200])('fits %i columns', (width) => {
    for (const summary of [BROKE, HELD]) {
      const longest = Math.max(
        ...plain(summary, width)
          .split('\n')
          .map((line) => line.length),
      );
      expect(longest).toBeLessThanOrEqual(Math.min(100, width));
    }
  });

  it('is the same text with colour as without', () => {
    const colored = renderTerminal(BROKE, { color: true, width: 90 });
    expect(colored).toContain('\x1b[');
    expect(stripVTControlCharacters(colored)).toBe(plain(BROKE, 90));
    expect(plain(BROKE, 90)).not.toContain('\x1b');
  });
});
