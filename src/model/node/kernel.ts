import { isAtLeast, type Version } from './version.ts';

export type Bits = 32 | 64;

export interface KernelInputs {
  /** What the kernel calls MemTotal: less than the machine is sold with. */
  readonly memTotalBytes: number;
  readonly kernel: Version;
  readonly bits: Bits;
  /** The module parameter nf_conntrack.hashsize, when the node sets it. */
  readonly hashsize?: number;
}

export interface KernelDefault {
  readonly max: number;
  readonly buckets: number;
  /** Which rule it was, one sentence. */
  readonly why: string;
}

/** Taken where nobody says which: any since 5.15 has the same sizes. */
export const ASSUMED_KERNEL: Version = { major: 6, minor: 1, patch: null };

const GIB = 2 ** 30;
const PAGE = 4096;
const LARGEST = 2 ** 31 - 1; // both are ints

/**
 * Whether the kernel has the sizes of "netfilter: conntrack: sanitize table size default settings" (d532bcd0b269, v5.15).
 */
function isSanitized(kernel: Version): boolean {
  return isAtLeast(kernel, 5, 15);
}

/**
 * Whether the kernel has a class above 4 GiB: "netfilter: conntrack: adjust nf_conntrack_buckets default value" (88eab472ec21,
 * v4.0).
 */
function hasLargeClass(kernel: Version): boolean {
  return isAtLeast(kernel, 4, 0);
}

/**
 * Whether nf_conntrack_max follows the buckets as they are rounded to whole pages: since one hash table serves all namespaces
 * ("netfilter: conntrack: use a single hashtable for all namespaces", 56d52d4892d0, v4.7). Before, it was computed first.
 */
function roundsMax(kernel: Version): boolean {
  return isAtLeast(kernel, 4, 7);
}

/** List heads in a page of 4 KiB: the kernel rounds hash buckets up to whole pages. */
export function headsPerPage(bits: Bits): number {
  return PAGE / (bits / 8);
}

/** `buckets` as the kernel makes them. */
export function wholePages(buckets: number, bits: Bits): number {
  return Math.ceil(buckets / headsPerPage(bits)) * headsPerPage(bits);
}

/**
 * nf_conntrack_max and nf_conntrack_buckets as the kernel sets them when the module is loaded (nf_conntrack_init_start and
 * nf_ct_alloc_hashtable in net/netfilter/nf_conntrack_core.c). Pages of 4 KiB. All of 15 combinations of kernel and memory
 * measured on 5.10, 6.1 and 6.12 agree.
 */
export function kernelDefault(inputs: KernelInputs): KernelDefault {
  const { kernel, bits, hashsize } = inputs;
  const [wanted, factor, why] =
    hashsize === undefined ? byMemory(inputs) : ([hashsize, 8, `hashsize=${hashsize}: eight entries per bucket`] as const);
  const buckets = wholePages(wanted, bits);
  const max = Math.min(LARGEST, factor * (roundsMax(kernel) ? buckets : wanted));
  return { max, buckets, why: hashsize === undefined ? `${why} (${series(kernel)})` : why };
}

function series(kernel: Version): string {
  if (isSanitized(kernel)) return 'kernels since 5.15';
  if (hasLargeClass(kernel)) return 'kernels before 5.15';
  return 'kernels before 4.0; a distribution’s kernel may have later rules: see sysctl net.netfilter.nf_conntrack_max';
}

function byMemory({ memTotalBytes, kernel, bits }: KernelInputs): readonly [buckets: number, factor: number, why: string] {
  const pages = Math.floor(memTotalBytes / PAGE);
  const small = Math.floor((pages * PAGE) / 16_384 / (bits / 8));
  const above = (gib: number) => pages > (gib * GIB) / PAGE;
  const upToOneGib = `usable memory up to 1 GiB: a bucket for every ${bits * 2048} bytes`;
  if (isSanitized(kernel)) {
    if (bits === 64 && above(4)) return [262_144, 1, 'usable memory above 4 GiB: 262144 buckets, one entry per bucket'];
    if (above(1)) return [65_536, 1, 'usable memory above 1 GiB: 65536 buckets, one entry per bucket'];
    return [Math.max(1024, small), 1, upToOneGib];
  }
  if (hasLargeClass(kernel) && above(4)) {
    return [65_536, 4, 'usable memory above 4 GiB: 65536 buckets, four entries per bucket'];
  }
  if (above(1)) return [16_384, 4, 'usable memory above 1 GiB: 16384 buckets, four entries per bucket'];
  return [Math.max(32, small), 4, `${upToOneGib}, four entries per bucket`];
}
