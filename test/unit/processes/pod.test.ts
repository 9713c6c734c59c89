import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { delay } from '../../../src/platform/clock.ts';
import { programCommand } from '../../../src/platform/program.ts';

it('sees that ctload is gone also while nobody reads what it says', async () => {
  const [file = '', ...args] = programCommand('pod');
  const pod = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void pod.kill('SIGKILL'));
  await once(pod.stdout, 'readable');
  // More than the pipe holds.
  pod.stdin.write(`${JSON.stringify({ type: 'spawn', id: 1, argv: ['seq', '200000'], env: {} })}\n`);
  await delay(0.3);
  pod.stdin.end();
  expect(await once(pod, 'exit')).toEqual([0, null]);
});
