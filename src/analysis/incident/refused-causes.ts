import type { Certainty, IncidentCause } from '../../model/result/diagnosis.ts';
import type { Because, Judged } from '../../model/result/incident-because.ts';
import { figuresOf, judgeCounters } from './counted.ts';
import type { Rises } from './rises.ts';
import { refusedInsertions } from './table-causes.ts';

/**
 * A search for a free source port in a large range looks at some 200 before it gives up, and the kernel counts taken ones as `found`, but
 * for the last 32 of each round (nf_nat_l4proto_unique_tuple, nf_nat_used_tuple_harder in nf_nat_core.c). Nothing else is counted there.
 */
const FULL_SEARCH = 16;

/** Insertions refused because the same tuple was there: two packets raced, or NAT had no port left. */
export function refusedCauses(rises: Rises): Judged[] {
  const figures = figuresOf(rises, ['insert_failed', 'found', 'clashres', 'chainlength']);
  const judged = (cause: IncidentCause, certainty: Certainty, because: Because): Judged => ({
    cause,
    certainty,
    because: [because],
    figures,
  });
  const both = (certainty: Certainty, because: Because) => [
    judged('insert-races', certainty, because),
    judged('snat-ports', certainty, because),
  ];
  const refused = refusedInsertions(rises);
  if (refused === null || refused === 0) {
    const counters = judgeCounters(rises, ['insert_failed']);
    if (counters.certainty !== 'certain') return both(counters.certainty, counters.because);
    return both('no', { code: 'did-not-rise', names: ['insert_failed'], ever: true }); // all of them were long chains
  }
  const found = rises.of('found')?.rise ?? null;
  if (found !== null && found < refused) {
    const because = { code: 'no-port-search', found, refused } as const;
    return [judged('insert-races', 'likely', because), judged('snat-ports', 'possible', because)];
  }
  if (found !== null && found >= FULL_SEARCH * refused) {
    const because = { code: 'port-search', found, refused } as const;
    return [judged('insert-races', 'possible', because), judged('snat-ports', 'likely', because)];
  }
  return both('possible', { code: 'search-unclear', found, refused });
}
