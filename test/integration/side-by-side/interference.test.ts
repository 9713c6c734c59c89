import { describe, expect, it } from 'vitest';
import { SYNTHETIC_MARK } from '../../../src/model/node/ballast.ts';
import { unfit } from '../support/ctload.ts';
import { later, withFault } from '../support/faults.ts';
import { skipFor } from '../support/skip.ts';

/** What others do to the gateway's table in the middle of a run with ballast, and what the verdict must say of it. */
const DEEDS = [
  { deed: 'the whole table flushed', command: 'conntrack -F', code: 'entries-vanished' },
  { deed: 'ballast deleted', command: `timeout 1 conntrack -D --mark ${SYNTHETIC_MARK}`, code: 'synthetic-entries-missing' },
  {
    deed: 'a timeout changed',
    command: 'echo 5 > /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait',
    code: 'settings-changed',
  },
];

describe('interference with a run by ballast', skipFor(unfit), () => {
  it.each(DEEDS)('$deed: never a certain verdict', async ({ command, code }) => {
    const { summary, code: exit } = await withFault((lab) => lab.on('gateway', later(2, command)));
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(summary.verdict.reasonCodes).toContain(code);
    expect(summary.breakingPoint).toBeNull();
    expect(exit).toBe(111);
  });

  it('none: as many synthetic entries are left as were put in', async () => {
    const { summary } = await withFault(() => {});
    expect(summary.verdict.kind).toBe('held');
  });
});
