import { count, plural, seconds } from '../../model/format.ts';
import type { EvidenceFigures } from '../../model/result/evidence.ts';

/** The kernel's rule. */
export const SOURCE_PORTS =
  'Towards each destination address and port, every connection needs a source port of its own, until its entry is closing.';

/** What was dropped for want of a port. */
export function refusedPorts({ refused, fromSeconds }: { readonly refused: number; readonly fromSeconds: number }): string {
  return `from ${seconds(fromSeconds)} on the gateway's kernel dropped ${plural(refused, 'packet')} because masquerade found no free source port (insert_failed, which this kernel counts in drop as well)`;
}

/** Why attempts failed for which the gateway had no source port. */
export function noSourcePort(figures: EvidenceFigures['snat-ports-exhausted']): string {
  const { entries, ports, synRetransmissions, abandoned } = figures;
  const refused = refusedPorts(figures);
  return `${refused.charAt(0).toUpperCase()}${refused.slice(1)}, with ${count(entries)} entries in the table and ${plural(ports, 'port')} for each destination; clients retransmitted ${plural(synRetransmissions, 'SYN')} and abandoned ${plural(abandoned, 'attempt')}. ${SOURCE_PORTS}`;
}
