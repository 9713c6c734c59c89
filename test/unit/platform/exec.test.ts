import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { endGroup, execute, interruptible, spawn } from '../../../src/platform/exec.ts';

it('ends a process with what it has started, and does not mind one that is gone or never was', async () => {
  const shell = spawn(['sh', '-c', 'sleep 1000 & echo up; wait']); // its exit waits for the sleeper, which holds its stdout
  await new Promise<void>((resolve) => shell.onLine(() => resolve()));
  endGroup(shell.pid);
  expect(await shell.exited).toMatchObject({ signal: 'SIGTERM' });
  endGroup(shell.pid);
  endGroup(spawn(['no-such-command']).pid);
});

describe('a command that hangs', () => {
  const HUNG = ['sh', '-c', 'sleep 1003 & wait'];
  const running = () => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes('sleep 1003');

  it('is killed after some time with all it has started, and says so', async () => {
    const error = await execute(HUNG, { seconds: 0.2 }).catch((reason) => reason);
    expect(error.message).toBe(`command did not finish within 0.2 s: ${HUNG.join(' ')}`);
    expect(running()).toBe(false);
  });

  it('is killed as soon as the work that it is part of is interrupted', async () => {
    const interrupted = new AbortController();
    const work = interruptible(interrupted.signal, async () => {
      await execute(['true']);
      await execute(HUNG);
    });
    setTimeout(() => interrupted.abort(), 100);
    await expect(work).rejects.toMatchObject({ exitCode: 105, message: 'aborted by a signal' });
    expect(running()).toBe(false);
    await expect(interruptible(interrupted.signal, () => execute(['true']))).rejects.toMatchObject({ exitCode: 105 });
    expect(await execute(['echo', 'undone'])).toBe('undone');
  });
});
