import type { Summary } from '../model/summary.ts';
import { count, percent } from './format.ts';

/** Entries a bucket below which early drop hardly ever finds something to evict. */
const SPARSE = 0.5;

/** How the table got its size, and what that does to early drop. */
export function methodLines({ conntrack }: Summary): [string, string][] {
  const { method, methodReason, effectiveMax, max, buckets, ballast, drop } = conntrack;
  if (method === 'unknown') return [['Method', `capacity unknown: ${methodReason}`]];
  const how =
    method === 'ballast'
      ? `ballast: ${count(ballast)} synthetic entries leave ${count(effectiveMax)} of ${count(max)} free`
      : `${method}: nf_conntrack_max ${count(max)}, nf_conntrack_buckets ${count(buckets)}`;
  const lines: [string, string][] = [['Method', `${how}; ${methodReason}`]];
  return drop === 0 ? lines : [...lines, ['Early drop', earlyDropLine(conntrack)]];
}

function earlyDropLine({
  method,
  max,
  buckets,
  predictedDropShareWhenFull,
  measuredDropShareWhenFull,
}: Summary['conntrack']): string {
  const measured = measuredDropShareWhenFull === null ? '' : `; measured ${percent(measuredDropShareWhenFull)}`;
  const share = `${percent(predictedDropShareWhenFull)} of the SYNs that meet this full table are dropped, by prediction${measured}`;
  const perBucket = (max / buckets).toPrecision(2);
  if (method === 'ballast') return `not faithful: the kernel cannot evict ballast. ${share}`;
  if (max / buckets < SPARSE) return `all but off at ${perBucket} entries a bucket, which overstates the damage. ${share}`;
  return `as on a node with ${perBucket} entries a bucket. ${share}`;
}
