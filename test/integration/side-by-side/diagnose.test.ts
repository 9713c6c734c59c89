import { describe, expect, it } from 'vitest';
import { unfit } from '../support/ctload.ts';
import { freeze, incident } from '../support/incidents.ts';
import { skipFor } from '../support/skip.ts';

const PLENTY = ['gateway.conntrack.method=ballast', 'gateway.conntrack.max=20000'];

describe('what the counters of a real incident say', skipFor(unfit), () => {
  it('of a full table', async () => {
    const diagnose = await incident(['gateway.conntrack.method=ballast']);
    const gateway = await diagnose('gateway');
    expect(gateway.conclusion).toMatchObject({ kind: 'found', causes: ['table-full'] });
    expect(gateway.findings[0]?.figures['drop']?.rise).toBeGreaterThan(100);
    expect((await diagnose('backend')).conclusion.kind).toBe('not-the-table');
  });

  it('of listen queues', async () => {
    const diagnose = await incident([...PLENTY, 'backend.backlog=1'], (lab) => freeze(lab.pids('backend', 'processes/backend')));
    expect((await diagnose('backend')).conclusion.causes).toEqual(['listen-queues']);
    expect((await diagnose('gateway')).conclusion.kind).toBe('not-the-table');
  });

  it('of packets lost on the way', async () => {
    const rule = 'tcp flags & (syn | ack) == syn numgen random mod 10 < 7 drop';
    const nft = `nft 'add table ip fault; add chain ip fault input { type filter hook input priority -10; }; add rule ip fault input ${rule}'`;
    const diagnose = await incident(PLENTY, (lab) => void lab.on('backend', nft));
    expect((await diagnose('gateway')).conclusion).toMatchObject({ kind: 'not-the-table', causes: [] });
  });
});
