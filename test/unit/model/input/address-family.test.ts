import { expect, it } from 'vitest';
import { addressPlan, LISTEN, TARGETS, together } from '../../../../src/lab/addresses.ts';
import {
  anyFor,
  eachFamily,
  familiesIn,
  familiesOf,
  familyOf,
  hostPort,
  targetsOver,
} from '../../../../src/model/input/address-family.ts';

it('writes an IPv6 address in brackets in front of a port', () => {
  expect(hostPort({ address: '198.18.1.1', port: 80 })).toBe('198.18.1.1:80');
  expect(hostPort({ address: '2001:2:0:1801::1', port: 80 })).toBe('[2001:2:0:1801::1]:80');
});

it('binds to any local address of the family of the other side', () => {
  expect([anyFor('198.18.1.1'), anyFor('2001:2::1')]).toEqual(['0.0.0.0', '::']);
  expect(familyOf('2001:2::/48')).toBe('ipv6');
});

it('a dual-stack lab has both families in turn, and a flood those of its own', () => {
  expect([familiesIn(), familiesIn('ipv6'), familiesIn('dual')]).toEqual([['ipv4'], ['ipv6'], ['ipv4', 'ipv6']]);
  const { targets } = together(familiesIn('dual').map((family) => addressPlan(0, false, family)));
  expect(targets.http.slice(0, 3).map(({ address }) => address)).toEqual(['198.18.1.1', '2001:2:0:1801::1', '198.18.1.2']);
  expect(targets.http).toHaveLength(2 * TARGETS.http.length);
  expect([familiesOf(targets.stale), familiesOf(TARGETS.stale)]).toEqual([2, 1]);
  expect(targetsOver('ipv4', targets)).toEqual(TARGETS);
  expect(targetsOver(undefined, targets)).toBe(targets);
  expect(eachFamily(targets.udp.answered)).toEqual([TARGETS.udp.answered, addressPlan(0, false, 'ipv6').targets.udp.answered]);
  expect(together([addressPlan(0)]).listen).toEqual(LISTEN);
});
