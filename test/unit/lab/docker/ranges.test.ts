import { expect, test } from 'vitest';
import { addressPlan } from '../../../../src/lab/addresses.ts';
import { overlap, routedRanges } from '../../../../src/lab/docker/ranges.ts';

test.each([
  ['198.18.0.0/15', '198.19.2.0/23', true],
  ['198.18.1.7', '198.18.0.0/23', true],
  ['198.18.2.0/23', '198.18.0.0/23', false],
  ['10.0.0.0/8', '198.18.0.0/23', false],
  ['2001:2::/48', '2001:2:0:1802::/63', true],
  ['2001:2:0:1801::7', '2001:2:0:1800::/63', true],
  ['2001:2:0:1802::/63', '2001:2:0:1800::/63', false],
  ['::1', '2001:2:0:1800::/63', false],
  ['0.0.0.0/8', '::/8', false],
])('%s and %s overlap: %s', (a, b, expected) => {
  expect(overlap(a, b)).toBe(expected);
  expect(overlap(b, a)).toBe(expected);
});

test('ranges are read from a route listing; the default route takes none', () => {
  const listing = `default via 10.0.0.1 dev eth0
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2
198.18.0.0/23 dev br-1 proto kernel scope link src 198.18.1.254
local 127.0.0.0/8 dev lo table local
blackhole 198.19.0.0/16
default via fe80::1 dev eth0
2001:2:0:1800::/63 dev br-1 proto kernel metric 256
local ::1 dev lo table local proto kernel metric 0
anycast fe80:: dev br-1 table local
multicast ff00::/8 dev br-1 table local`;
  expect(routedRanges(listing)).toEqual([
    '10.0.0.0/24',
    '198.18.0.0/23',
    '127.0.0.0/8',
    '198.19.0.0/16',
    '2001:2:0:1800::/63',
    '::1',
    'fe80::',
  ]);
});

test.each(['ipv4', 'ipv6'] as const)('two address plans of %s never share an address', (family) => {
  const [one, two] = [addressPlan(0, false, family), addressPlan(1, false, family)];
  expect(overlap(one.front.subnet, two.front.subnet)).toBe(false);
  expect(overlap(one.back.subnet, two.back.subnet)).toBe(false);
  for (const { virtual, endpoint } of two.services) {
    expect(overlap(virtual.address, two.front.subnet)).toBe(true);
    expect(overlap(endpoint.address, two.back.subnet)).toBe(true);
  }
});
