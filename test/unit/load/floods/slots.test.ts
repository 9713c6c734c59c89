import { expect, it } from 'vitest';
import { Slots } from '../../../../src/load/floods/slots.ts';

it('holds the numbers of one agent, in whatever order they come', () => {
  const slots = new Slots<string>({ agent: 2, agents: 5 });
  slots.set(22, 'later');
  slots.set(2, 'first');
  expect([slots.get(2), slots.get(7), slots.get(22), slots.get(102)]).toEqual(['first', undefined, 'later', undefined]);
  expect(slots.all()).toEqual(['first', 'later']);
  expect(slots.delete(2)).toBe('first');
  expect(slots.delete(2)).toBeUndefined();
  expect(slots.all()).toEqual(['later']);
});
