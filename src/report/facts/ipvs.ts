import { plural } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';

/** What IPVS kept beside conntrack; nothing with another dataplane. */
export function ipvsLine({ ipvs }: Summary): [string, string][] {
  if (ipvs === undefined) return [];
  return [
    [
      'IPVS',
      `${plural(ipvs.connections, 'connection')} in its own list (ip_vs_conn) after the load, besides the table's entries`,
    ],
  ];
}
