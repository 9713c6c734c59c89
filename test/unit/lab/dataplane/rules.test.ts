import { expect, test } from 'vitest';
import { addressPlan, type Service, standbyOf } from '../../../../src/lab/addresses.ts';
import { iptablesRedirect, iptablesRules } from '../../../../src/lab/dataplane/iptables-rules.ts';
import { ipvsSetup } from '../../../../src/lab/dataplane/ipvs.ts';
import { nftablesRedirect, nftablesRules } from '../../../../src/lab/dataplane/nftables-rules.ts';

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

const translating = (services: readonly Service[]) => ({ services, masquerade: 'outside' as const, family: 'ipv4' as const });

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

test('INVALID packets are dropped where kube-proxy drops them: in iptables mode only', () => {
  expect(iptablesRules(translating(SERVICES))).toContain('-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP');
  expect(nftablesRules(translating(SERVICES))).not.toMatch(/invalid|hook forward/);
});

test('masquerade: never marks no service, but still a backend that reaches itself', () => {
  const [one] = SERVICES.slice(1);
  const wanted = { services: one === undefined ? [] : [one], masquerade: 'never' as const, family: 'ipv4' as const };
  const iptables = iptablesRules(wanted).split('\n');
  const marking = iptables.filter((line) => line.endsWith('-j KUBE-MARK-MASQ'));
  expect(marking).toEqual([expect.stringContaining('-s 198.19.1.1/32')]);
  expect(nftablesRules(wanted).match(/.*jump mark-for-masquerade/g)).toEqual([
    expect.stringContaining('ip saddr 198.19.1.1 jump'),
  ]);
});

test('ipvs: datagrams get to their service by a mark of its own, which masquerades too; NOTRACK takes both ways', () => {
  const ranges = { virtuals: '198.18.1.0/24', endpoints: '198.19.1.0/24', family: 'ipv4' as const };
  const wanted = { services: [...UDP, ...SERVICES], ...ranges };
  const tracked = ipvsSetup.rules({ ...wanted, masquerade: 'outside', ipvs: { conntrack: true, notrack: false } });
  expect(tracked).toContain('udp dport 1024-32767 meta mark set ip daddr map { 198.18.1.1 : 16385, 198.18.1.2 : 16386 }');
  expect(tracked).toContain('masquerade fully-random');
  expect(tracked).not.toContain('notrack');
  const past = ipvsSetup.rules({ ...wanted, masquerade: 'never', ipvs: { conntrack: false, notrack: true } });
  expect(past).toContain('ip daddr 198.18.1.0/24 notrack');
  expect(past).toContain('ip saddr 198.19.1.0/24 notrack');
  expect(past).not.toContain('masquerade');
});

test('other endpoints: the chains of the endpoints alone, by the names they have, emptied first', () => {
  const all = [...UDP, ...SERVICES];
  const moved = all.map((service) => ({ ...service, endpoint: standbyOf(service.endpoint) }));
  expect(moved[0]?.endpoint).toEqual({ address: '198.19.1.65', port: 8053 });
  const iptables = iptablesRedirect(moved).split('\n');
  const before = iptablesRules(translating(all)).split('\n');
  const declared = iptables.filter((line) => line.startsWith(':'));
  expect(declared).toEqual(before.filter((line) => line.startsWith(':KUBE-SEP-')));
  expect(iptables.filter((line) => line.startsWith('-A')).every((line) => line.startsWith('-A KUBE-SEP-'))).toBe(true);
  expect(iptables.filter((line) => line.includes('--to-destination 198.19.1.103:8080'))).toEqual([
    expect.stringContaining('-A KUBE-SEP-CTLOAD0000000041 '),
  ]);
  const nftables = nftablesRedirect(moved, 'ipv4');
  expect(nftables).toContain('flush chain ip kube-proxy endpoint-ctload/vip-7/tcp/http\n');
  expect(nftables).toContain('meta l4proto tcp dnat to 198.19.1.71:8080');
  expect(nftables).not.toContain('service-ctload');
});

test('IPv6: the same rules, for addresses of the other family', () => {
  const { services, udpServices } = addressPlan(0, false, 'ipv6');
  const wanted = { services: [...services, ...udpServices], masquerade: 'outside' as const, family: 'ipv6' as const };
  const iptables = iptablesRules(wanted);
  expect(iptables).toContain('-d 2001:2:0:1801::12/128 -p tcp -m tcp --dport 80 ');
  expect(iptables).toContain('-j DNAT --to-destination [2001:2:0:1901::12]:8080');
  const nftables = nftablesRules(wanted);
  expect(nftables).toContain('2001:2:0:1801::12 . tcp . 80 : goto service-ctload/vip-12/tcp/http');
  expect(nftables).toContain('dnat to [2001:2:0:1901::12]:8080');
  for (const rules of [iptables, nftables]) expect(rules).not.toMatch(/198\.1[89]\.|ipv4_addr|\bip [ds]addr|table ip /);
});

test('snatPorts: TCP and UDP are masqueraded to a range of ports, everything else as before', () => {
  const wanted = { ...translating(SERVICES), snatPorts: 1000 };
  for (const rules of [
    nftablesRules(wanted),
    ipvsSetup.rules({ ...wanted, virtuals: '198.18.1.0/24', endpoints: '198.19.1.0/24' }),
  ]) {
    expect(rules).toMatch(/meta l4proto tcp masquerade to :1024-2023 fully-random\n.*meta l4proto udp masquerade to :1024-2023/);
    expect(rules).toMatch(/^.* masquerade fully-random$/m);
  }
  expect(iptablesRules(wanted)).toMatch(
    /-p tcp -j MASQUERADE --to-ports 1024-2023 --random-fully\n.*-p udp -j MASQUERADE --to-ports 1024-2023 --random-fully\n.*" -j MASQUERADE --random-fully/,
  );
  expect(iptablesRules(translating(SERVICES))).not.toContain('--to-ports');
});

test('a service with two endpoints takes one at random, as kube-proxy has it', () => {
  const { udpServices } = addressPlan(0);
  const all = udpServices.filter(({ other }) => other !== undefined);
  expect(all).toHaveLength(8);
  const names = all.slice(0, 1);
  expect(names).toMatchObject([{ virtual: { port: 53 }, udpUpTo: 53 }]);
  const nftables = nftablesRules(translating(names));
  expect(nftables).toMatch(/numgen random mod 2 vmap \{ 0 : goto endpoint-\S+, 1 : goto endpoint-\S+-2 \}/);
  expect(nftables).toContain('udp dport 53 ip daddr vmap @udp-53');
  expect(nftables.match(/dnat to 198\.19\.1\.[12]:8056/g)).toEqual(['dnat to 198.19.1.1:8056', 'dnat to 198.19.1.2:8056']);
  const iptables = iptablesRules(translating(names));
  expect(iptables).toMatch(/-m statistic --mode random --probability 0\.50000000000 -j KUBE-SEP-CTLOAD1000000000\n/);
  expect(iptables.match(/--to-destination 198\.19\.1\.[12]:8056/g)).toHaveLength(2);
});
