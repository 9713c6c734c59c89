import { describe, expect, it } from 'vitest';
import { enoughBuckets, entriesAtFirstRefusal, refusedShare } from '../../../../src/model/node/hash-chains.ts';

describe('hash chains', () => {
  it('refuse nothing at the ratios that kernels and kube-proxy set, and everything far above', () => {
    expect(refusedShare(0, 512)).toBe(0);
    for (const perBucket of [1, 4, 8]) expect(refusedShare(perBucket * 65_536, 65_536)).toBeLessThan(1e-9);
    expect(refusedShare(50 * 512, 512)).toBeGreaterThan(0.99);
    expect(refusedShare(1e6, 512)).toBe(1);
  });

  it('refuse half of the new entries at about 30 per bucket', () => {
    expect(refusedShare(30 * 512, 512)).toBeGreaterThan(0.4);
    expect(refusedShare(25 * 512, 512)).toBeLessThan(0.3);
  });

  it('refuse the first one in 512 buckets long before 100,000 entries', () => {
    expect(entriesAtFirstRefusal(512, 100_000)).toBeGreaterThan(7000);
    expect(entriesAtFirstRefusal(512, 100_000)).toBeLessThan(10_000);
    expect(entriesAtFirstRefusal(65_536, 262_144)).toBe(Number.POSITIVE_INFINITY);
  });

  it('are short enough with a bucket for every four entries', () => {
    expect(enoughBuckets(100_000)).toBe(25_000);
    expect(refusedShare(100_000, enoughBuckets(100_000))).toBeLessThan(1e-9);
  });
});
