import type { Bound, Summary } from '../../model/result/summary.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import { visibilityOf } from '../../model/timeline/visibility.ts';

/** Whether the verdict stands: its reasons are then proof, else objections. */
export function isCertain({ verdict }: Pick<Summary, 'verdict'>): boolean {
  return verdict.kind !== 'inconclusive' && verdict.validity === 'valid';
}

/** What stands above the reasons. A break that the generator limits is shown, but not proven. */
export function reasonsHeading(summary: Pick<Summary, 'verdict'>): string {
  if (isCertain(summary)) return 'Why this is certain';
  return summary.verdict.kind === 'inconclusive' ? 'Why this is inconclusive' : 'Why this is not certain';
}

const BROKE: Partial<Record<FailureCause, string>> & { readonly 'conntrack-full': string } = {
  'conntrack-full': 'conntrack table full',
  'conntrack-evicted': 'conntrack table full, awaited flows evicted',
  'hash-chains-full': 'conntrack hash chains too long',
  'snat-ports-exhausted': 'source ports of the gateway exhausted, table not full',
};

/** In which direction a measured breaking point is certain. */
export function boundText(bound: Bound): string {
  return bound === 'no-earlier' ? 'no earlier' : 'no later';
}

/** Causes that are packets lost somewhere. */
const LOST: ReadonlySet<string> = new Set(['connect-timeout', 'response-timeout', 'other']);

/** What the verdict comes to, in a few words. */
export function verdictTitle({
  verdict,
  conntrack,
  environment,
  visibility = visibilityOf(environment.driver),
}: Summary): string {
  if (verdict.kind === 'broke') {
    const limits = [
      ...(verdict.validity === 'generator-bound' ? ['generator-bound'] : []),
      ...(verdict.bound === null ? [] : [`${boundText(verdict.bound)} than measured`]),
    ];
    const broke = BROKE[verdict.cause ?? 'conntrack-full'] ?? BROKE['conntrack-full'];
    return `${broke}${limits.length === 0 ? '' : ` (${limits.join(', ')})`}`;
  }
  if (verdict.kind === 'held')
    return conntrack.earlyDrop > 0 ? 'the table was full, no waiting client affected' : 'the table held';
  if (verdict.validity === 'generator-bound') return 'the generator was the limit';
  if (verdict.validity === 'valid') return 'a threshold stopped the load';
  if (conntrack.drop > 0) return 'the table dropped packets, but not everything is explained';
  const others = Object.entries(conntrack.otherTables).filter(([, { drop }]) => drop > 0);
  if (others.length > 0) return `another table dropped packets: ${others.map(([owner]) => owner).join(', ')}`;
  if (verdict.cause === null) return 'not enough evidence';
  // Behind an external gateway there are tables that ctload cannot see, and a full one loses SYNs and answers alike.
  const hidden = !visibility.wholeLab && LOST.has(verdict.cause);
  return `${hidden ? 'no table that ctload can see' : 'not the table'}: ${verdict.cause}`;
}
