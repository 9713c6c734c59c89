import { count, plural, seconds } from '../../model/format.ts';
import type { EvidenceFigures } from '../../model/result/evidence.ts';

/** The kernel's rule. */
export const CHAINS = 'Every entry is in two chains, and the kernel inserts none into a chain of more than 50 to 80.';

/** Why attempts whose entries were refused failed. */
export function chainsTooLong(figures: EvidenceFigures['hash-chains-full']): string {
  const { refused, fromSeconds, entries, buckets, synRetransmissions, abandoned } = figures;
  return `From ${seconds(fromSeconds)} on, with ${count(entries)} entries in ${count(buckets)} buckets, the gateway's kernel dropped ${plural(refused, 'packet')} because the hash chain of the new entry was too long (chaintoolong, part of insert_failed); clients retransmitted ${plural(synRetransmissions, 'SYN')} and abandoned ${plural(abandoned, 'attempt')}. ${CHAINS}`;
}
