import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { isOrphan, ownAnnotations } from '../../../../src/lab/kubernetes/labels.ts';

it('is an orphan once its owner has ended, or its time is over', () => {
  expect(isOrphan(ownAnnotations(60))).toBe(false);
  expect(isOrphan(ownAnnotations(-1))).toBe(true);
  const { pid } = spawnSync('true');
  const later = ownAnnotations(60)['ctload.expires'] ?? '';
  const machine = ownAnnotations(60)['ctload.owner']?.split('@')[1] ?? '';
  const isOrphanOn = (where: string) => isOrphan({ 'ctload.owner': `${pid}.1@${where}`, 'ctload.expires': later });
  expect(machine.startsWith(`${hostname()}/`)).toBe(true);
  expect(isOrphanOn(machine)).toBe(true);
  // Another one may have the same name.
  for (const other of ['another-machine', hostname(), `${hostname()}/of-another-boot`]) expect(isOrphanOn(other)).toBe(false);
  expect(isOrphan({})).toBe(false); // not ctload's
});
