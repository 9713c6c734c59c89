import { describe, expect, it } from 'vitest';
import { runScenario, unfit } from './support/ctload.ts';
import { everyDropIsAQuery, hardlyAnyIsLost } from './support/dns.ts';
import { skipFor } from './support/skip.ts';

const set = (...assignments: readonly string[]) => assignments.flatMap((one) => ['--set', one]);

describe('udp floods on a real kernel', skipFor(unfit), () => {
  it('dns.yaml: every drop is a query without an answer (nftables)', () => everyDropIsAQuery('nftables'));

  it('UDP alone with one entry per bucket: the kernel forgets old flows and drops none', async () => {
    const { summary } = await runScenario('half-open.yaml', set('floods.syns.kind=udp', 'gateway.conntrack.buckets=auto'));
    expect(summary.verdict, summary.verdict.reasons.join('\n')).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(summary.conntrack).toMatchObject({ peakEntries: 2048, drop: 0 });
    expect(summary.conntrack.earlyDrop).toBeGreaterThan(5000);
    expect(summary.accounting.datagramsLost).toBe(0);
    expect(summary.verdict.reasons.join()).toMatch(/Full from .* s on, [\d,]+ flows evicted, no waiting client affected/);
  });

  it('answers that come too late are not put down to the table', async () => {
    const { summary } = await runScenario(
      'dns.yaml',
      set(
        'gateway.conntrack.prefill=0',
        'backend.delay=1s',
        'floods.lookups.responseTimeout=300ms',
        'floods.lookups.duration=2s',
      ),
      111,
    );
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', cause: 'response-timeout' });
    expect(summary.floods['lookups']?.failures).toEqual({ 'response-timeout': 1000 });
    expect(summary.accounting.kernelDrops).toBe(0);
    expect(summary.accounting.datagramsLost).toBeLessThan(5); // those under way at the last reading
  });

  it('dns-race.yaml: A and AAAA at the same moment, and no query is lost', () => hardlyAnyIsLost(['floods.lookups.duration=5s']));
});
