import { expect, it } from 'vitest';
import { snmp6Parser } from '../../../src/probe/nstat.ts';

const TEXT = [
  'Ip6InReceives                   \t1200',
  'Ip6InNoRoutes                   \t3',
  'Icmp6InType135                  \t7',
  'Icmp6OutNeighborSolicits        \t4',
  'Udp6InDatagrams                 \t500',
  'Udp6NoPorts                     \t11',
  'UdpLite6InDatagrams             \t99',
  '',
].join('\n');

it('reads the counters of IPv6 by their names, 0 where the file has none', () => {
  const parser = snmp6Parser();
  const values: number[] = [];
  expect(parser.parse(Buffer.from(TEXT), values)).toBe(true);
  const counters = Object.fromEntries(parser.names.map((name, i) => [name, values[i]]));
  expect(counters).toMatchObject({ Ip6InReceives: 1200, Ip6InNoRoutes: 3, Icmp6OutNeighborSolicits: 4, Udp6InDatagrams: 500 });
  expect(counters).toMatchObject({ Udp6NoPorts: 11, Udp6OutDatagrams: 0 });
  expect(Object.keys(counters)).not.toContain('UdpLite6InDatagrams');
});
