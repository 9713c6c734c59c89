import { expect, it } from 'vitest';
import { requireWritableSettings } from '../../../../src/lab/netns/rootless.ts';

const PROC = 'proc /proc proc rw,nosuid 0 0';
const check = (...mounts: string[]) => requireWritableSettings(`overlay / overlay rw 0 0\n${mounts.join('\n')}\n`);

it('a container that shows /proc/sys read-only is told how to start it, whatever its capabilities', () => {
  const refused = { exitCode: 112, hint: expect.stringContaining('--privileged') };
  expect(() => check(PROC, 'proc /proc/sys proc ro,nosuid 0 0')).toThrow(expect.objectContaining(refused));
  expect(() => check('proc /proc proc ro 0 0')).toThrow(expect.objectContaining(refused));
  expect(() => check(PROC)).not.toThrow();
  expect(() => check(PROC, 'proc /proc/sys proc rw 0 0')).not.toThrow();
});
