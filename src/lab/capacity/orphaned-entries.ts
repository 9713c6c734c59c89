import { readFileSync } from 'node:fs';
import { until } from '../../platform/clock.ts';
import { listOtherNamespaces } from './other-namespaces.ts';

/**
 * Entries for each bucket that chains stand well: the kernel refuses an insertion (chaintoolong) beyond 50 to 80 in a chain,
 * and each entry stands in two (MIN_CHAINLEN, MAX_CHAINLEN in nf_conntrack_core.c).
 */
const BEARABLE = 8;
const LEAST_BUCKETS = 512; // one page
const PATIENCE = 10; // seconds; the kernel frees about 100,000 entries a second

/**
 * Waits until a hash table of `buckets` can hold the entries of namespaces that are gone but not freed yet: all namespaces
 * share the table, and in a small one such leftovers make every insertion fail, with no drop counted.
 * Returns how many there still are when that takes too long; undefined when all is well, or when it cannot be told.
 */
export async function waitForOrphans(buckets: number): Promise<number | undefined> {
  const bearable = BEARABLE * Math.max(buckets, LEAST_BUCKETS);
  let hidden = 0;
  const calm = await until(
    async () => {
      hidden = await hiddenEntries();
      return hidden <= bearable;
    },
    PATIENCE,
    0.1,
  );
  return calm ? undefined : hidden;
}

/** Conntrack entries in the kernel's memory that belong to no namespace we can see; 0 when only root could tell. */
async function hiddenEntries(): Promise<number> {
  const allocated = activeObjects('nf_conntrack');
  if (allocated === undefined) return 0;
  const visible = (await listOtherNamespaces()).reduce((sum, { entries }) => sum + entries, 0);
  return Math.max(0, allocated - visible);
}

/** Objects in use of a slab cache, from /proc/slabinfo (man 5 slabinfo); a little too many, as CPUs keep some at hand. */
function activeObjects(cache: string): number | undefined {
  try {
    const active = new RegExp(`^${cache} +(\\d+)`, 'm').exec(readFileSync('/proc/slabinfo', 'utf8'))?.[1];
    return active === undefined ? undefined : Number(active);
  } catch {
    return undefined;
  }
}
