import { expect, it } from 'vitest';
import { Cleanup } from '../../../src/platform/cleanup.ts';

it('undoes the last first, and what stands alongside at the same time', async () => {
  const order: string[] = [];
  const cleanup = new Cleanup();
  let other: () => void = () => {};
  cleanup.defer('first', () => order.push('first'));
  cleanup.defer('slow', () => new Promise<void>((resolve) => (other = resolve)).then(() => order.push('slow')));
  cleanup.alongside('quick', () => {
    order.push('quick');
    other(); // never called, were they undone one after the other
  });
  cleanup.defer('last', () => order.push('last'));
  await cleanup[Symbol.asyncDispose]();
  expect(order).toEqual(['last', 'quick', 'slow', 'first']);
});

it('names every step that failed, and undoes the others', async () => {
  let undone = 0;
  const fail = () => {
    throw new Error('busy');
  };
  const cleanup = new Cleanup();
  cleanup.defer('network', () => undone++);
  cleanup.alongside('limits', fail);
  cleanup.alongside('table', () => undone++);
  cleanup.defer('containers', fail);
  await expect(cleanup[Symbol.asyncDispose]()).rejects.toThrow('containers: busy; limits: busy');
  expect(undone).toBe(2);
});
