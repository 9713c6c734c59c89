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
}: Pick<LossCauses, 'accounting' | 'tableShare' | 'otherwise'>): SynLossDivider {
  const { listenDropped, chainRefused, synRetransmissions, abandoned, timeWaitDropped } = accounting;
  const lost = Math.max(1, synRetransmissions + abandoned - timeWaitDropped);
  const listen = new Splitter(Math.min(1, listenDropped / lost));
  const chains = new Splitter(Math.min(1, chainRefused / lost));
  const table = new Splitter(tableShare);
  return (count) => {
    const byListen = listen.take(count);
    const byChains = Math.min(count - byListen, chains.take(count));
    const rest = count - byListen - byChains;
    const byTable = table.take(rest);
    return partsOf([
      ['conntrack-full', byTable],
      ['listen-overflow', byListen],
      ['hash-chains-full', byChains],
      [otherwise, rest - byTable],
    ]);
  };
}

/** Those that are not empty. */
export function partsOf(parts: readonly (readonly [cause: FailureCause, count: number])[]): LossPart[] {
  return parts.filter(([, count]) => count > 0).map(([cause, count]) => ({ cause, count }));
}
