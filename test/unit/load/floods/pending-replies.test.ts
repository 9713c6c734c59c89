import { describe, expect, it } from 'vitest';
import { PendingReplies } from '../../../../src/load/floods/pending-replies.ts';

describe('PendingReplies', () => {
  it('gives back what was asked, once', () => {
    const pending = new PendingReplies(5);
    const [a, b] = [pending.add(1, 1.5), pending.add(2, 2.5)];
    expect(pending.size).toBe(2);
    expect(pending.take(b)).toEqual({ intended: 2, started: 2.5 });
    expect(pending.take(b)).toBeUndefined();
    expect(pending.take(a)).toEqual({ intended: 1, started: 1.5 });
    expect(pending.take(99)).toBeUndefined();
    expect(pending.size).toBe(0);
    expect(pending.nextAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('names what has waited too long in the order it was sent, leaving out what was answered', () => {
    const pending = new PendingReplies(5);
    const numbers = [0, 1, 2, 3].map((t) => pending.add(t, t));
    pending.take(numbers[0] as number);
    pending.take(numbers[2] as number);
    expect(pending.nextAt).toBe(6);
    expect(pending.takeOverdue(5.9)).toBeUndefined();
    expect(pending.takeOverdue(6)?.started).toBe(1);
    expect(pending.takeOverdue(7)).toBeUndefined();
    expect(pending.takeOverdue(Number.POSITIVE_INFINITY)?.started).toBe(3);
    expect(pending.takeOverdue(Number.POSITIVE_INFINITY)).toBeUndefined();
    expect(pending.take(numbers[1] as number)).toBeUndefined(); // its answer comes too late
  });

  it('holds any number of them, and reuses its places', () => {
    const pending = new PendingReplies(5);
    for (let round = 0; round < 3; round++) {
      const numbers = Array.from({ length: 3000 }, (_, i) => pending.add(i, round + i / 1e4));
      expect(pending.size).toBe(3000);
      for (const [i, number] of numbers.entries()) expect(pending.take(number)?.intended).toBe(i);
      expect(pending.size).toBe(0);
    }
  });
});
