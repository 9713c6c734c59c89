import { expect, it } from 'vitest';
import { within } from '../../../src/platform/clock.ts';

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

it.each([
  ['comes', () => Promise.resolve(1), true],
  ['fails', () => Promise.reject(new Error('no')), undefined],
])('within: leaves no timer behind when what it waits for %s', async (_, promised, inTime) => {
  const before = timers();
  expect(await within(promised(), 1000).catch(() => undefined)).toBe(inTime);
  expect(timers()).toBe(before);
});
