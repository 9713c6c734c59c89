import { expect, it } from 'vitest';
import { endGroup, spawn } from '../../../src/platform/exec.ts';

it('ends a process with what it has started, and does not mind one that is gone or never was', async () => {
  const shell = spawn(['sh', '-c', 'sleep 1000 & echo up; wait']); // its exit waits for the sleeper, which holds its stdout
  await new Promise<void>((resolve) => shell.onLine(() => resolve()));
  endGroup(shell.pid);
  expect(await shell.exited).toMatchObject({ signal: 'SIGTERM' });
  endGroup(shell.pid);
  endGroup(spawn(['no-such-command']).pid);
});
