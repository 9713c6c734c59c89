import type { FailureCause } from '../../model/timeline/attempt.ts';
import { Splitter } from './apportion.ts';
import type { LossCauses } from './loss-causes.ts';

/** Attempts under one cause. */
export interface LossPart {
  readonly cause: FailureCause;
  readonly count: number;
}

/** Divides attempts that lost SYNs next to a full table among the causes that counters hold. */
export type SynLossDivider = (count: number) => readonly LossPart[];

/**
 * Causes in proportion to the SYNs that each took. What no such counter holds is the full table's as far as its drops explain it
 * (`tableShare`), else it has the cause `otherwise`.
 */
export function synLossDivider({
  accounting,
  tableShare,
  otherwise,
  clashes,
}: Pick<LossCauses, 'accounting' | 'tableShare' | 'otherwise' | 'clashes'>): SynLossDivider {
  const { listenDropped, chainRefused, clashDropped, ruleDropped, synRetransmissions, abandoned, timeWaitDropped } = accounting;
  const lost = Math.max(1, synRetransmissions + abandoned - timeWaitDropped);
  // Each share is of what the ones before it leave, so that no two of them are due at the same attempt.
  const part = (taken: number, left: number) => new Splitter(left <= 0 ? 0 : Math.min(1, taken / left));
  const listen = part(listenDropped, lost);
  const chains = part(chainRefused, lost - listenDropped);
  const clashed = part(clashDropped, lost - listenDropped - chainRefused);
  const rules = part(ruleDropped, lost - listenDropped - chainRefused - clashDropped);
  const table = new Splitter(tableShare);
  return (count) => {
    const byListen = listen.take(count);
    const byChains = chains.take(count - byListen);
    const byClashes = clashed.take(count - byListen - byChains);
    const byRules = rules.take(count - byListen - byChains - byClashes);
    const rest = count - byListen - byChains - byClashes - byRules;
    const byTable = table.take(rest);
    return partsOf([
      ['conntrack-full', byTable],
      ['listen-overflow', byListen],
      ['hash-chains-full', byChains],
      [clashes, byClashes],
      ['dropped-by-rule', byRules],
      [otherwise, rest - byTable],
    ]);
  };
}

/** Those that are not empty. */
export function partsOf(parts: readonly (readonly [cause: FailureCause, count: number])[]): LossPart[] {
  return parts.filter(([, count]) => count > 0).map(([cause, count]) => ({ cause, count }));
}
