import { expect, test } from 'vitest';
import type { Service } from '../../../../src/lab/addresses.ts';
import { iptablesRules } from '../../../../src/lab/dataplane/iptables-rules.ts';
import { nftablesRules } from '../../../../src/lab/dataplane/nftables-rules.ts';

const SERVICES: readonly Service[] = Array.from({ length: 40 }, (_, i) => ({
  name: `vip-${i}:http`,
  virtual: { address: `198.18.1.${i}`, port: 80 },
  endpoint: { address: `198.19.1.${i}`, port: 8080 },
}));

test('iptables: one chain a service and one an endpoint, declared before use, names within 28 characters', () => {
  const lines = iptablesRules(translating(SERVICES)).split('\n');
  const declared = new Set<string>();
  for (const line of lines) {
    const name = /^:(\S+)/.exec(line)?.[1];
    if (name !== undefined) declared.add(name);
    const target = /-j (KUBE-\S+)/.exec(line)?.[1];
    if (target !== undefined) expect(declared).toContain(target);
  }
  expect([...declared].filter((name) => /^KUBE-S(VC|EP)-/.test(name))).toHaveLength(80);
  expect(Math.max(...[...declared].map((name) => name.length))).toBeLessThanOrEqual(28);
  expect(lines.filter((line) => line.includes('-j DNAT'))).toHaveLength(40);
  expect(lines.at(-1)).toBe('COMMIT');
});

const translating = (services: readonly Service[]) => ({ services, masquerade: 'outside' as const });

const UDP: readonly Service[] = [1, 2].map((i) => ({
  name: `vip-${i}:dns`,
  virtual: { address: `198.18.1.${i}`, port: 1024 },
  endpoint: { address: `198.19.1.${i}`, port: 8053 },
  udpUpTo: 32_767,
}));

test('UDP services take every port of their range', () => {
  const iptables = iptablesRules(translating(UDP));
  expect(iptables).toContain('-A KUBE-SERVICES -d 198.18.1.1/32 -p udp -m udp --dport 1024:32767 ');
  expect(iptables).toMatch(/-p udp .*-j DNAT --to-destination 198\.19\.1\.1:8053/);
  const nftables = nftablesRules(translating([...UDP, ...SERVICES]));
  expect(nftables).toContain('udp dport 1024-32767 ip daddr vmap @udp-1024-32767');
  expect(nftables).toContain('198.18.1.2 : goto service-ctload/vip-2/udp/dns');
  expect(nftables.match(/ : goto service-ctload\//g)).toHaveLength(42);
});

test('iptables: commits stay small enough for the socket buffer of a plain user', () => {
  const commits = iptablesRules(translating(SERVICES)).split('COMMIT');
  for (const commit of commits) expect(commit.match(/-j DNAT/g)?.length ?? 0).toBeLessThanOrEqual(32);
});

test('nftables: every service is reached through one verdict map', () => {
  const rules = nftablesRules(translating(SERVICES));
  expect(rules.match(/ : goto service-ctload\//g)).toHaveLength(40);
  expect(rules).toContain('198.18.1.7 . tcp . 80 : goto service-ctload/vip-7/tcp/http');
  expect(rules).toContain('dnat to 198.19.1.7:8080');
  expect(rules).toContain('masquerade fully-random');
});

test('masquerade: never marks no service, but still a backend that reaches itself', () => {
  const [one] = SERVICES.slice(1);
  const wanted = { services: one === undefined ? [] : [one], masquerade: 'never' as const };
  const iptables = iptablesRules(wanted).split('\n');
  const marking = iptables.filter((line) => line.endsWith('-j KUBE-MARK-MASQ'));
  expect(marking).toEqual([expect.stringContaining('-s 198.19.1.1/32')]);
  expect(nftablesRules(wanted).match(/.*jump mark-for-masquerade/g)).toEqual([
    expect.stringContaining('ip saddr 198.19.1.1 jump'),
  ]);
});
