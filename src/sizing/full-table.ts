import { bucketsFor, type Scenario } from '../model/input/scenario.ts';
import { trackingOf } from '../model/input/tracking.ts';
import { dropShareWhenFull } from '../model/node/early-drop.ts';
import { entriesAtFirstRefusal, refusedShare } from '../model/node/hash-chains.ts';
import type { Traffic } from '../model/node/traffic.ts';
import { sum } from '../model/sum.ts';
import { type FloodComponent, isAwaited } from './floods.ts';
import { isAnswered } from './streams.ts';
import { evictableEntries } from './table-model.ts';
import { timeCourse } from './time-course.ts';

/** From this number of expected drops on, a full table breaks rather than evicts. */
const ONE_DROP = 0.5;
/** Share of SYNs that a full table of a plan may drop and still be said to evict. */
const FEW_DROPS = 0.001;
/** Share of new entries that hash chains may refuse without a warning. */
const FEW_REFUSALS = 1e-6;

/**
 * Flows that a full table evicts from `full` on, in seconds, to the end of the load, without affecting a client: none waits, and
 * early drop finds room for each new flow (exp(−16·u·N/B) of them would be dropped). Null where it would affect some.
 */
export function evictedUnnoticed(
  { floods, gateway }: Scenario,
  components: readonly FloodComponent[],
  full: number,
  seconds: number,
): number | null {
  const { conntrack } = gateway;
  const { flows, outer } = trackingOf(gateway);
  // What only carries the load is made anew by its next packet.
  if (floods.some(isAwaited) && !(flows === 0 && outer > 0)) return null;
  const { max } = conntrack;
  const evictable = Math.min(evictableEntries(components, full), max) / max;
  const added = sum(components, ({ entriesPerConnection: each, flow }) => each * (flow.opened(seconds) - flow.opened(full)));
  return added * dropShareWhenFull(evictable, max, bucketsFor(conntrack)) < ONE_DROP ? Math.round(added) : null;
}

/** Whether a full table only evicts, `stream` by stream, without affecting a client that waits. */
export function evictsUnnoticed({ streams, entriesPerConnection, outerPerConnection }: Traffic, dropShare: number): boolean {
  const harmless = outerPerConnection === entriesPerConnection || !streams.some(isAnswered);
  return streams.length > 0 && dropShare < FEW_DROPS && harmless;
}

/** Hash chains that get too long for new entries before the table is full. */
export interface FullChains {
  /** Entries in the table when the first new entry is expected to be refused. */
  readonly entries: number;
  /** Seconds from the start of the load until then. */
  readonly afterSeconds: number;
  /** nf_conntrack_buckets with which that does not happen. */
  readonly sufficientBuckets: number;
}

/** When hash chains are too long for `entriesAt`; null where they never are before the table is full. */
export function chainsFull(
  { max, buckets }: { readonly max: number; readonly buckets: number },
  entriesAt: (t: number) => number,
  seconds: number,
): Omit<FullChains, 'sufficientBuckets'> | null {
  const entries = entriesAtFirstRefusal(buckets, max);
  if (!Number.isFinite(entries)) return null;
  const { reachedAt } = timeCourse(entriesAt, seconds, entries);
  return reachedAt === null ? null : { entries: Math.round(entries), afterSeconds: reachedAt };
}

/** Share of new entries that hash chains refuse with `entries` in the table; 0 where it is negligible. */
export function chainRefusals(entries: number, buckets: number): number {
  const share = refusedShare(entries, buckets);
  return share < FEW_REFUSALS ? 0 : share;
}
