import { count, milliseconds, seconds } from '../../model/format.ts';
import type { ReasonWording } from './reason-wording.ts';

const LEASE = 'Only a run with a lease (gateway.conntrack.method sysctl) shows that.';

/** Why a breaking point is only a bound, and what ballast does not put in doubt. */
export const BOUNDS = {
  'ballast-delays-expiry': ({ fromSeconds, atSeconds }) =>
    `The table was filled with ballast, with which expired entries stay counted longer: the kernel's garbage collector scans a table of long timeouts less often. Entries of this load expire from ${seconds(fromSeconds)} on, so a table of this size breaks no earlier than ${seconds(atSeconds)}, and may not break at all. ${LEASE}`,
  'ballast-prevents-eviction': ({ atSeconds }) =>
    `The table was filled with ballast, which early drop cannot evict, and this load leaves entries that it could: a table of this size makes room by evicting them, so it drops the first packet no earlier than ${seconds(atSeconds)}, and may not drop any. ${LEASE}`,
  'held-with-ballast': () =>
    'Ballast is no objection: with it, expired entries stay counted longer and none is evicted for a new one, so a table of this size holds this load all the more.',
  'entries-ended-early': ({ entries, fromSeconds, untilSeconds, held }) =>
    `At least ${count(entries)} entries vanished from the table before their timeouts, between ${seconds(fromSeconds)} and ${seconds(untilSeconds)}: once a table anywhere on this machine has been full, the kernel's garbage collector evicts closing entries from every table that is 95 % full, and a table filled with ballast always is (or they were deleted). ${held ? 'Without that the table may not have held.' : 'Without that the table would have broken no later than it did.'}`,
  'clock-uncertain': ({ errorSeconds, driftSeconds, atSeconds }) =>
    `The time of the break, ${seconds(atSeconds)}, is by the clock of the gateway's machine, which during the load went ${milliseconds(Math.abs(driftSeconds) * 1000)} too ${driftSeconds < 0 ? 'slow' : 'fast'} (read to within ${milliseconds(errorSeconds * 1000)}).`,
  'samples-missing': ({ fromSeconds, toSeconds, firstAffectedSeconds }) =>
    `The table was not sampled between ${seconds(fromSeconds)} and ${seconds(toSeconds)} (for ${seconds(toSeconds - fromSeconds)}), and the kernel dropped the first packet in that time: the table broke no later than ${seconds(toSeconds)}${firstAffectedSeconds === null ? '' : `; the first affected attempt was scheduled at ${seconds(firstAffectedSeconds)}, so it was full by then or shortly after`}.`,
  'peak-uncertain': ({ fromSeconds, toSeconds }) =>
    `The table was not sampled between ${seconds(fromSeconds)} and ${seconds(toSeconds)} (for ${seconds(toSeconds - fromSeconds)}): its counters show that it dropped nothing in that time, but its peak may have been higher.`,
} satisfies Partial<ReasonWording>;
