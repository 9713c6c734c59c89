import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/model/result/summary.ts';
import type { FailureCause } from '../../src/model/timeline/attempt.ts';
import { unfit } from './support/ctload.ts';
import { withFault } from './support/faults.ts';
import { skipFor } from './support/skip.ts';

const evidence = (summary: Summary, cause: FailureCause) => summary.attribution.find((item) => item.cause === cause);

describe('failures of two causes', skipFor(unfit), () => {
  it('a half-open flood and SYNs of others lost at the backend: what the backend lost is not taken for drops', async () => {
    const chain = 'add table ip evil; add chain ip evil f { type filter hook input priority -10; }';
    const rule = 'add rule ip evil f tcp dport 8080 tcp flags & (syn | ack) == syn numgen random mod 100 < 50 counter drop';
    const { summary } = await withFault(
      (lab) => lab.on('backend', `nft '${chain}; ${rule}'`),
      [
        'gateway.conntrack.max=1000',
        'gateway.conntrack.buckets=65536',
        'gateway.conntrack.method=sysctl',
        'floods.syns={kind: half-open, executor: burst, connections: 3000, startTime: 3s}',
      ],
    );
    expect(summary.accounting.halfOpenLost).toBeGreaterThan(500);
    expect(summary.accounting.share).toBeGreaterThan(1.03);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(evidence(summary, 'connect-timeout')?.count).toBeGreaterThan(50);
  });
});
