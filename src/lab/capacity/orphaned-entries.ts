import { readFileSync } from 'node:fs';
import { until } from '../../platform/clock.ts';
import { listOtherNamespaces } from './other-namespaces.ts';

/**
 * Entries per bucket that are not a problem: the kernel refuses an insertion (chaintoolong) beyond 50 to 80 in a chain, and each
 * entry is in two chains (MIN_CHAINLEN, MAX_CHAINLEN in nf_conntrack_core.c).
 */
const BEARABLE = 8;
const LEAST_BUCKETS = 512; // one page
const PATIENCE = 10; // seconds; the kernel frees about 100,000 entries per second

/**
 * Waits until a hash table of `buckets` can hold the entries of deleted namespaces that are not freed yet: all namespaces share
 * the table, and in a small one such entries make every insertion fail, without a counted drop.
 * Returns how many are left when that takes too long; undefined when they fit, or their number is not known.
 */
export async function waitForOrphans(buckets: number): Promise<number | undefined> {
  const bearable = BEARABLE * Math.max(buckets, LEAST_BUCKETS);
  let orphaned = 0;
  const calm = await until(
    async () => {
      orphaned = await orphanedEntries();
      return orphaned <= bearable;
    },
    PATIENCE,
    0.1,
  );
  return calm ? undefined : orphaned;
}

/** Conntrack entries in the kernel's memory that belong to no visible namespace; 0 where only root could read it. */
async function orphanedEntries(): Promise<number> {
  const allocated = activeObjects('nf_conntrack');
  if (allocated === undefined) return 0;
  const visible = (await listOtherNamespaces()).reduce((sum, { entries }) => sum + entries, 0);
  return Math.max(0, allocated - visible);
}

/** Objects in use of a slab cache, from /proc/slabinfo (man 5 slabinfo); slightly too many, because CPUs keep some in reserve. */
function activeObjects(cache: string): number | undefined {
  try {
    const active = new RegExp(`^${cache} +(\\d+)`, 'm').exec(readFileSync('/proc/slabinfo', 'utf8'))?.[1];
    return active === undefined ? undefined : Number(active);
  } catch {
    return undefined;
  }
}
