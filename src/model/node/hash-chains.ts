/** The shortest and the longest limit of a chain: 50 + random up to 30 (MIN_CHAINLEN, MAX_CHAINLEN, nf_conntrack_core.c). */
const SHORTEST_LIMIT = 50;
const LIMITS = 30;
const CHAINS_PER_ENTRY = 2; // one per direction
/** Entries per bucket up to which chains stay short; kube-proxy sets a quarter of nf_conntrack_max. */
const ENTRIES_PER_BUCKET = 4;

/** Buckets with which a table of `max` entries never has chains that are too long. */
export function enoughBuckets(max: number): number {
  return Math.ceil(max / ENTRIES_PER_BUCKET);
}

/**
 * Share of new entries that the kernel refuses because one of their two hash chains is too long (chaintoolong in
 * __nf_conntrack_confirm, since 5.15), with `entries` of all namespaces in `buckets`. Chains hold Poisson(2·N/B) entries; a limit
 * that is drawn anew for every chain, uniform over 30 values from 50 on, refuses one that holds at least two more.
 */
export function refusedShare(entries: number, buckets: number): number {
  const mean = (CHAINS_PER_ENTRY * entries) / buckets;
  const perChain = chainTooLong(mean);
  return 1 - (1 - perChain) ** CHAINS_PER_ENTRY;
}

function chainTooLong(mean: number): number {
  if (mean === 0) return 0;
  const [first, last] = [SHORTEST_LIMIT + 2, SHORTEST_LIMIT + LIMITS + 1];
  if (mean > 4 * last) return 1;
  let logOf = -mean;
  let refused = 0;
  const most = Math.ceil(last + mean + 20 * Math.sqrt(mean));
  for (let length = 1; length <= most; length++) {
    logOf += Math.log(mean / length);
    const share = Math.exp(logOf);
    if (length >= first) refused += share * Math.min(1, (length - first + 1) / LIMITS);
  }
  return Math.min(1, refused);
}

/** Entries with which the first new entry is expected to be refused, in a table that starts empty; Infinity if none is up to `max`. */
export function entriesAtFirstRefusal(buckets: number, max: number): number {
  const steps = 400;
  const step = Math.max(1, max / steps);
  let expected = 0;
  for (let entries = step; entries <= max + 1e-9; entries += step) {
    const more = refusedShare(entries - step / 2, buckets) * step;
    if (expected + more >= 1) return entries - step + (step * (1 - expected)) / more;
    expected += more;
  }
  return Number.POSITIVE_INFINITY;
}
