import type { ListingSummary } from '../../model/result/conntrack-summary.ts';
import type { CompositionRecord } from '../../model/timeline/sample.ts';
import { nearest, type RunLog } from './run-log.ts';

/** In order of time. */
type Listings = RunLog['compositions'];

export type ListingLog = Pick<RunLog, 'compositions' | 'events' | 'lastAt'>;

/**
 * How far from a listing, in seconds, it still shows what the table is made of: four times the pause until the next one, where
 * there is one (probe/states/breakdown-loop.ts: 0.5 s, or 20 times the CPU time of a listing). Recordings that do not say what
 * a listing reclaimed are by versions of ctload that listed the whole table to the end.
 */
function reach({ cost, reclaimed }: CompositionRecord): number {
  return reclaimed === undefined ? Number.POSITIVE_INFINITY : Math.max(2, 80 * cost);
}

/** The listing nearest to `t`, unless the table was not listed around then. */
export function listingNear(compositions: Listings, t: number): CompositionRecord | undefined {
  const listing = nearest(compositions, t);
  return listing !== undefined && Math.abs(listing.t - t) <= reach(listing) ? listing : undefined;
}

/** The first listing from `t` on, unless the table was not listed just then. */
export function listingFrom(compositions: Listings, t: number): CompositionRecord | undefined {
  const listing = compositions.find((record) => record.t >= t);
  return listing !== undefined && listing.t - t <= reach(listing) ? listing : undefined;
}

/** The listings from the start of the load until the table was no longer listed, if that happened. */
export function listingsInRow(compositions: Listings): CompositionRecord[] {
  const during = compositions.filter(({ t }) => t >= 0);
  const end = during.findIndex((listing, i) => {
    const before = during[i - 1];
    return before !== undefined && listing.t - before.t > Math.max(reach(before), reach(listing));
  });
  return end === -1 ? during : during.slice(0, end);
}

/** How the table was listed during the load; null when it was not, or when the run did not record what listing reclaimed. */
export function summarizeListings({ compositions, events, lastAt }: ListingLog): ListingSummary | null {
  const over = events.find(({ name }) => name === 'drained')?.t ?? lastAt;
  const during = compositions.filter(({ t, reclaimed }) => t < over && reclaimed !== undefined);
  const last = during.at(-1);
  if (last === undefined) return null;
  const whole = during.filter(({ sampled }) => sampled === undefined);
  return {
    whole: whole.length,
    sampled: during.length - whole.length,
    wholeUntilSeconds: whole.at(-1)?.t ?? null,
    untilSeconds: over - last.t > reach(last) ? last.t : null,
    reclaimed: during.reduce((sum, { reclaimed = 0 }) => sum + reclaimed, 0),
  };
}
