import { count, percent, seconds } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';

/** Entries per bucket below which early drop hardly ever finds something to evict. */
const SPARSE = 0.5;
/** Share of samples in time above which nothing is to be said. */
const PUNCTUAL = 0.95;

/** How the table got its size, and what that does to early drop. */
export function methodLines({ conntrack, floods }: Summary): [string, string][] {
  const { method, methodReason, effectiveMax, max, buckets, ballast, drop, earlyDrop } = conntrack;
  if (method === 'unknown') return [['Method', `capacity unknown: ${methodReason}`]];
  const how =
    method === 'ballast'
      ? `ballast: ${count(ballast)} synthetic entries, leaving ${count(effectiveMax)} of ${count(max)} usable`
      : `${method}: nf_conntrack_max ${count(max)}, nf_conntrack_buckets ${count(buckets)}`;
  const lines: [string, string][] = [['Method', `${how}; ${methodReason}`], ...samplesLine(conntrack), ...listingLine(conntrack)];
  const loose = ['udp', 'icmp'].filter((one) =>
    Object.values(floods).some(({ kind }) => kind === one || (kind === 'dns' && one === 'udp')),
  );
  const evicts = loose.length > 0 && earlyDrop > 0;
  return drop > 0 || evicts ? [...lines, ['Early drop', earlyDropLine(conntrack, loose.join(' and ').toUpperCase())]] : lines;
}

/** How well the full table was sampled, where that is not a matter of course. */
function samplesLine({ method, intervalMs, sampler }: Summary['conntrack']): [string, string][] {
  const share = sampler?.inTimeShareWhenFull ?? null;
  if (share === null || (method !== 'own-kernel' && share >= PUNCTUAL)) return [];
  return [
    ['Samples', `every ${intervalMs} ms; ${percent(share)} of those due while the table was full were read within one interval`],
  ];
}

/** What was listed by state, and what that did to the table; nothing if it changed nothing. */
function listingLine({ listings }: Summary['conntrack']): [string, string][] {
  if (listings === null || listings === undefined) return [];
  const { sampled, wholeUntilSeconds, untilSeconds, reclaimed } = listings;
  const parts = [
    ...(sampled > 0
      ? [`all states listed until ${seconds(Math.max(0, wholeUntilSeconds ?? 0))}, then sampled from at most 1 % of the table`]
      : []),
    ...(untilSeconds === null ? [] : [`states not listed after ${seconds(Math.max(0, untilSeconds))}`]),
    ...(reclaimed > 0 ? [`listing reclaimed about ${count(reclaimed)} expired entries`] : []),
  ];
  if (parts.length === 0) return [];
  const why =
    sampled > 0 || untilSeconds !== null ? ' (listing the whole table would reclaim expired entries and change the result)' : '';
  return [['Listing', `${parts.join('; ')}${why}`]];
}

/** Entries of the `loose` protocols are never [ASSURED]; empty when there are none. */
function earlyDropLine(
  { method, max, buckets, earlyDrop, predictedDropShareWhenFull, measuredDropShareWhenFull }: Summary['conntrack'],
  loose: string,
): string {
  const measured = measuredDropShareWhenFull === null ? '' : `; measured ${percent(measuredDropShareWhenFull)}`;
  const rest =
    loose !== '' ? `; ${loose} entries are not [ASSURED] and may be evicted to make room (${count(earlyDrop)} evicted)` : '';
  const share = `Predicted: ${percent(predictedDropShareWhenFull)} of ${loose !== '' ? 'new flows' : 'SYNs'} that reach the full table are dropped${measured}${rest}`;
  const perBucket = (max / buckets).toPrecision(2);
  if (method === 'ballast') return `not faithful: the kernel cannot evict ballast. ${share}`;
  if (max / buckets < SPARSE) return `almost ineffective at ${perBucket} entries per bucket, so losses are overstated. ${share}`;
  return `as on a node with ${perBucket} entries per bucket. ${share}`;
}
