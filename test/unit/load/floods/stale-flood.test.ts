import { describe, expect, it } from 'vitest';
import { pairOf, pairOfArrival } from '../../../../src/load/floods/stale-flood.ts';

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

it('two floods in a dual-stack lab meet nowhere, and one that is not told goes over both families in turn', () => {
  const both = {
    stale: [targets.stale[0], { address: '2001:2::1', port: 9 }, targets.stale[1], { address: '2001:2::2', port: 9 }],
  };
  const dual = { ...both, stalePorts: targets.stalePorts } as typeof targets;
  const over = (arrival: number) => pairOfArrival(arrival, { place: 0, floods: 2 }, dual);
  const ipv4 = (arrival: number) => pairOfArrival(arrival, { place: 1, floods: 2 }, targets);
  const first = [0, 1, 2, 3, 4, 5].map(over);
  expect(first.map((pair) => pair?.target.address.includes(':'))).toEqual([false, true, false, true, false, true]);
  const all = [...first, ...[0, 1, 2].map(ipv4)].map((pair) => `${pair?.localPort} ${pair?.target.address}`);
  expect(new Set(all).size).toBe(9);
});
