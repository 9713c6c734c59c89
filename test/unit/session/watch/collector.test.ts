import { expect, it, vi } from 'vitest';
import { Collector } from '../../../../src/session/watch/collector.ts';

it('collects every five minutes', () => {
  const collect = vi.fn();
  const collector = new Collector(collect);
  for (let t = 0; t < 3600; t++) collector.at(t);
  expect(collect).toHaveBeenCalledTimes(11);
});

it('has the engine free what is not used any more', async () => {
  const collector = new Collector();
  const lost = new WeakRef(Array.from({ length: 1000 }, (_, index) => ({ index })));
  await new Promise((resolve) => setTimeout(resolve)); // a WeakRef is held until the end of its turn
  collector.at(300);
  expect(lost.deref()).toBeUndefined();
});
