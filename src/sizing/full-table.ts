import { bucketsFor, type Flood, type Scenario } from '../model/input/scenario.ts';
import { dropShareWhenFull } from '../model/node/early-drop.ts';
import { entriesAtFirstRefusal, refusedShare } from '../model/node/hash-chains.ts';
import type { Stream } from '../model/node/traffic.ts';
import { sum } from '../model/sum.ts';
import type { FloodComponent } from './floods.ts';
import { evictableEntries } from './table-model.ts';
import { timeCourse } from './time-course.ts';

/** From this number of expected drops on, a full table breaks rather than evicts. */
const ONE_DROP = 0.5;
/** Share of SYNs that a full table of a plan may drop and still be said to evict. */
const FEW_DROPS = 0.001;
/** Share of new entries that hash chains may refuse without a warning. */
const FEW_REFUSALS = 1e-6;

/** Whether clients of a flood wait for an answer. Entries of the others are never [ASSURED]: they may be evicted unnoticed. */
function isAwaited(flood: Flood): boolean {
  return !(flood.kind === 'half-open' || (flood.kind === 'udp' && !flood.reply));
}

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
  if (floods.some(isAwaited)) return null;
  const { conntrack } = gateway;
  const { max } = conntrack;
  const evictable = Math.min(evictableEntries(components, full), max) / max;
  const flows = sum(components, ({ flow }) => flow.opened(seconds) - flow.opened(full));
  return flows * dropShareWhenFull(evictable, max, bucketsFor(conntrack)) < ONE_DROP ? Math.round(flows) : null;
}

/** Whether a full table only evicts, `stream` by stream, without affecting a client that waits. */
export function evictsUnnoticed(streams: readonly Stream[], dropShare: number): boolean {
  const unawaited = (stream: Stream) => stream.kind === 'half-open' || (stream.kind === 'dns' && stream.oneWay === true);
  return streams.length > 0 && dropShare < FEW_DROPS && streams.every(unawaited);
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
