import { count, percent } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';

/** What the one table held of each family, in a dual-stack lab. */
export function familyLine({ conntrack: { families } }: Pick<Summary, 'conntrack'>): [string, string][] {
  if (families === undefined) return [];
  const { ipv4, ipv6 } = families;
  const share = (entries: number) => `${count(entries)} (${percent(entries / Math.max(1, ipv4 + ipv6))})`;
  return [['Families', `IPv4 ${share(ipv4)}, IPv6 ${share(ipv6)} of the entries listed; one table counts both`]];
}
