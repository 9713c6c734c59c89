import { existsSync, readFileSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { spawn } from '../../../../src/platform/exec.ts';
import { programCommand } from '../../../../src/platform/program.ts';

it('the lister of states yields the CPU to processes of every session', async () => {
  const { pid, kill, exited } = spawn(programCommand('states'));
  onTestFinished(async () => {
    kill('SIGKILL');
    await exited;
  });
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');
  await vi.waitFor(() => expect(read('stat').split(' ')[18]).toBe('19'), { timeout: 10_000 });
  if (existsSync('/proc/self/autogroup')) await vi.waitFor(() => expect(read('autogroup')).toMatch(/ nice 19$/m));
});
