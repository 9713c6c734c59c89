import { describe, expect, it } from 'vitest';
import { DeadlineQueue } from '../../../../src/load/pacing/deadline-queue.ts';

describe('DeadlineQueue', () => {
  it('gives back each item when its time has come, in order', () => {
    const queue = new DeadlineQueue<string>(2);
    queue.push('a', 1);
    queue.push('b', 1.5);
    expect(queue.take(2.9)).toBeUndefined();
    expect(queue.nextAt).toBe(3);
    expect(queue.take(3.6)).toBe('a');
    expect(queue.take(3.6)).toBe('b');
    expect(queue.nextAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('forgets what is over at its front, and only there', () => {
    const queue = new DeadlineQueue<number>(1);
    for (const item of [1, 3, 4, 5]) queue.push(item, item);
    queue.skip((item) => item % 2 === 1);
    expect([...queue]).toEqual([4, 5]);
    expect(queue.nextAt).toBe(5);
  });

  it('keeps its order over many thousand items', () => {
    const queue = new DeadlineQueue<number>(1);
    const taken: number[] = [];
    for (let i = 0; i < 10_000; i++) {
      queue.push(i, i);
      const item = queue.take(i - 500);
      if (item !== undefined) taken.push(item);
    }
    expect(taken).toEqual(Array.from({ length: taken.length }, (_, i) => i));
    expect(taken.length + [...queue].length).toBe(10_000);
  });
});
