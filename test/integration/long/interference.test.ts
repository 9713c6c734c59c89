import { describe, expect, it } from 'vitest';
import { unfit } from '../support/ctload.ts';
import { later, withFault } from '../support/faults.ts';
import { flushLeavesDoubt } from '../support/flushed.ts';
import { leavesDoubt, OTHER_DEEDS } from '../support/interference.ts';
import { skipFor } from '../support/skip.ts';

describe('interference with a run by ballast', skipFor(unfit), () => {
  it.each(OTHER_DEEDS)('$deed: never a certain verdict', ({ command, code }) => leavesDoubt(command, code));
});

describe('interference with a run by lease', skipFor(unfit), () => {
  it('a flush of a table that has room: never a certain verdict', () => flushLeavesDoubt('gateway.conntrack.max=20000'));

  it('a timeout lowered for a while and put back, whose entries go one by one: never a certain verdict', async () => {
    const set = (seconds: number) => `echo ${seconds} > /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait`;
    const { summary, code } = await withFault(
      (lab) => lab.on('gateway', later(2.5, `${set(1)}; sleep 1.5; ${set(120)}`)),
      ['gateway.conntrack.method=sysctl', 'gateway.conntrack.max=1500', 'floods.requests.duration=6s'],
    );
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(summary.verdict.reasonCodes).toContain('entries-vanished');
    expect(code).toBe(111);
  });

  it('a load and a table that nothing else touches: held, with entries that expire during the run', async () => {
    const flags = [
      'gateway.conntrack.method=sysctl',
      'gateway.conntrack.timeouts.tcp_time_wait=1s',
      'floods.requests.duration=8s',
    ];
    const { summary } = await withFault(() => {}, flags);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid' });
  });
});
