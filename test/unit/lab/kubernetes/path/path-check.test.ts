import { expect, it } from 'vitest';
import { reachHint } from '../../../../../src/lab/kubernetes/path/path-check.ts';

it('says why a port of a node without the backend may lead nowhere', () => {
  expect(reachHint({ portNode: 'b', backend: 'c' }, true)).toMatch(
    /Local b forwards to pods of its own only.* on c: set nodePort: backend/,
  );
  expect(reachHint({ portNode: 'b', backend: 'c' }, false)).toContain('NetworkPolicy');
  expect(reachHint({ portNode: 'b', backend: 'b' }, true)).toContain('NetworkPolicy');
});
