import { expect, test } from 'vitest';
import { addressPlan } from '../../../../src/lab/addresses.ts';
import { overlap, routedRanges } from '../../../../src/lab/docker/ranges.ts';

test.each([
  ['198.18.0.0/15', '198.19.2.0/23', true],
  ['198.18.1.7', '198.18.0.0/23', true],
  ['198.18.2.0/23', '198.18.0.0/23', false],
  ['10.0.0.0/8', '198.18.0.0/23', false],
])('%s and %s overlap: %s', (a, b, expected) => {
  expect(overlap(a, b)).toBe(expected);
  expect(overlap(b, a)).toBe(expected);
});

test('ranges are read from a route listing; the default route takes none', () => {
  const listing = `default via 10.0.0.1 dev eth0
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2
198.18.0.0/23 dev br-1 proto kernel scope link src 198.18.1.254
local 127.0.0.0/8 dev lo table local
blackhole 198.19.0.0/16`;
  expect(routedRanges(listing)).toEqual(['10.0.0.0/24', '198.18.0.0/23', '127.0.0.0/8', '198.19.0.0/16']);
});

test('two address plans never share an address', () => {
  const [one, two] = [addressPlan(0), addressPlan(1)];
  expect(overlap(one.front.subnet, two.front.subnet)).toBe(false);
  expect(overlap(one.back.subnet, two.back.subnet)).toBe(false);
  for (const { virtual, endpoint } of two.services) {
    expect(overlap(virtual.address, two.front.subnet)).toBe(true);
    expect(overlap(endpoint.address, two.back.subnet)).toBe(true);
  }
});
