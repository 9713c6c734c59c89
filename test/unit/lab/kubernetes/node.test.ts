import { expect, it } from 'vitest';
import { isOthers } from '../../../../src/lab/kubernetes/node.ts';

const owned = (kind: string) => ({ metadata: { ownerReferences: [{ kind }] as never } });

it('counts as pods of others what somebody put on the node and still runs', () => {
  expect(isOthers({ metadata: { labels: { 'ctload.run': 'abc' } } }, 'abc')).toBe(false);
  expect(isOthers({ metadata: { labels: { 'ctload.run': 'other' } } }, 'abc')).toBe(true);
  expect(isOthers(owned('ReplicaSet'), 'abc')).toBe(true);
  expect(isOthers({ metadata: {} }, 'abc')).toBe(true);
  expect(isOthers(owned('DaemonSet'), 'abc')).toBe(false);
  expect(isOthers(owned('Node'), 'abc')).toBe(false); // static
  expect(isOthers({ ...owned('Job'), status: { phase: 'Succeeded' } }, 'abc')).toBe(false);
});
