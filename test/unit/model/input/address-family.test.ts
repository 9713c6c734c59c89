import { expect, it } from 'vitest';
import { anyFor, familyOf, hostPort } from '../../../../src/model/input/address-family.ts';

it('writes an IPv6 address in brackets in front of a port', () => {
  expect(hostPort({ address: '198.18.1.1', port: 80 })).toBe('198.18.1.1:80');
  expect(hostPort({ address: '2001:2:0:1801::1', port: 80 })).toBe('[2001:2:0:1801::1]:80');
});

it('binds to any local address of the family of the other side', () => {
  expect([anyFor('198.18.1.1'), anyFor('2001:2::1')]).toEqual(['0.0.0.0', '::']);
  expect(familyOf('2001:2::/48')).toBe('ipv6');
});
