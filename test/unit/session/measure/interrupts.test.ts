import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Interrupts } from '../../../../src/session/measure/interrupts.ts';

it('lets any number of pods wait for a signal without a warning on stderr', async () => {
  const warned = vi.fn();
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  using interrupts = new Interrupts();
  const listen = (signal: AbortSignal) => {
    for (let pod = 0; pod < 20; pod++) signal.addEventListener('abort', () => {});
  };
  listen(interrupts.graceful);
  listen(interrupts.immediate);
  await setImmediate();
  expect(warned).not.toHaveBeenCalled();
});
