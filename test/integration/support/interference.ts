import { expect } from 'vitest';
import { SYNTHETIC_MARK } from '../../../src/model/node/ballast.ts';
import { later, withFault } from './faults.ts';

/** Somebody else's deed in the middle of a run with ballast leaves no certain verdict, which says so by `code`. */
export async function leavesDoubt(command: string, code: string): Promise<void> {
  const { summary, code: exit } = await withFault((lab) => lab.on('gateway', later(2, command)));
  expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
  expect(summary.verdict.reasonCodes).toContain(code);
  expect(summary.breakingPoint).toBeNull();
  expect(exit).toBe(111);
}

export const FLUSH = { deed: 'the whole table flushed', command: 'conntrack -F', code: 'entries-vanished' };

export const OTHER_DEEDS = [
  { deed: 'ballast deleted', command: `timeout 1 conntrack -D --mark ${SYNTHETIC_MARK}`, code: 'synthetic-entries-missing' },
  {
    deed: 'a timeout changed',
    command: 'echo 5 > /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait',
    code: 'settings-changed',
  },
];
