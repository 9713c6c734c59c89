import { describe, expect, it } from 'vitest';
import { pairOf } from '../../../../src/load/floods/stale-flood.ts';

const targets = {
  stale: [
    { address: '198.18.1.1', port: 9090 },
    { address: '198.18.1.2', port: 9090 },
  ],
  stalePorts: { first: 1024, last: 1026 },
};

describe('pairOf', () => {
  it('never names a pair of local port and destination twice, and says when they are used up', () => {
    const pairs = [0, 1, 2, 3, 4, 5].map((n) => pairOf(n, targets));
    expect(new Set(pairs.map((pair) => `${pair?.localPort} ${pair?.target.address}`)).size).toBe(6);
    expect(pairs.every((pair) => pair !== undefined && pair.localPort >= 1024 && pair.localPort <= 1026)).toBe(true);
    expect(pairOf(6, targets)).toBeUndefined();
  });
});
