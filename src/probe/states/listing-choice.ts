import { readdirSync, readFileSync } from 'node:fs';
import type { ListingCount } from './listing.ts';

const SYSCTLS = '/proc/sys/net/netfilter';
/** Protocols that a load or its surroundings may use. */
const TIMEOUT = /^nf_conntrack_(tcp|udp|icmp|icmpv6|generic)_timeout/;
/**
 * Share of the entries listed that the whole listings of a run may reclaim together: every lab has an unrelated entry that
 * expires.
 */
const TOLERATED = 1 / 500;
/** Fewer entries say nothing about the shares of states in a table. */
const FEWEST_SAMPLED = 20;
/** Share of the entries that the kernel counts, expired ones included, that a slice reads; up to twice as much of a small table. */
const SAMPLED = 0.005;
const MOST_SAMPLED = 3000;

/** The latest look at the table. */
export interface Look {
  /** When it began, seconds of the monotonic clock, and how long it took. */
  readonly at: number;
  readonly took: number;
  readonly count: ListingCount;
  /** Whether every entry was listed. */
  readonly whole: boolean;
}

export interface TableSize {
  /** Entries in the table, as the kernel counts them. */
  readonly entries: number;
  /** Entries of those that no listing shows: ballast and prefill. */
  readonly hidden: number;
}

/** `lines`: how many entries to read from the start of the table. */
export type Choice = { readonly kind: 'whole' } | { readonly kind: 'slice'; readonly lines: number } | { readonly kind: 'none' };

/**
 * Decides how much of the table may be listed without changing how it fills. The kernel frees an expired entry only when
 * something meets it; until then it takes up room. A listing meets them all (ctnetlink_dump_table and ct_seq_show free what has
 * expired in the buckets they pass), so a table that is listed holds fewer entries than the same table unlisted.
 *
 * The whole table is listed as long as almost no entry can have expired: those of the previous listing had time left, and no
 * newer one can have a timeout as short as the time since then. After that only a slice is listed: the first entries of the
 * table, at most 1 %, which are a random sample because the table is hashed. Only their buckets are ever cleared, which holds
 * 2 % of the expired entries, as each is in two buckets. Where most entries of the previous look have expired by now, even a
 * slice could pass through the whole table in search of a live one: then nothing is listed.
 */
export class ListingChoice {
  readonly #shortestTimeout: () => number;
  #look: Look | undefined;
  #reclaimed = 0;

  /** @param shortest gives the shortest timeout, in seconds, that an entry of this namespace may have */
  constructor(shortest: () => number = shortestTimeout) {
    this.#shortestTimeout = shortest;
  }

  /** `now`: seconds of the monotonic clock. */
  choose(now: number, size: TableSize): Choice {
    const look = this.#look;
    if (look === undefined) return { kind: 'whole' };
    const passed = now - look.at;
    const expiring = look.count.expiringWithin(passed + look.took);
    if (look.whole && passed + look.took <= this.#shortestTimeout()) {
      if (this.#reclaimed + expiring <= look.count.entries * TOLERATED) return { kind: 'whole' };
    }
    const lines = linesOfSlice(size);
    return lines > 0 && expiring * 2 <= look.count.entries ? { kind: 'slice', lines } : { kind: 'none' };
  }

  /** Records a look and returns how many expired entries it reclaimed at most, if it was a whole listing; else 0. */
  looked(look: Look): number {
    const before = this.#look;
    const reclaimed = before === undefined || !look.whole ? 0 : before.count.expiringWithin(look.at + look.took - before.at);
    this.#reclaimed += reclaimed;
    this.#look = look;
    return reclaimed;
  }
}

/** 0 where a slice that is small enough would hold too few entries without a mark. */
function linesOfSlice({ entries, hidden }: TableSize): number {
  const counted = entries - hidden;
  if (counted <= 0) return 0;
  const lines = Math.ceil(Math.max(entries * SAMPLED, (FEWEST_SAMPLED * entries) / counted));
  return lines > 2 * entries * SAMPLED ? 0 : Math.min(lines, MOST_SAMPLED);
}

function shortestTimeout(): number {
  const names = readdirSync(SYSCTLS).filter((name) => TIMEOUT.test(name));
  return Math.min(...names.map((name) => Number(readFileSync(`${SYSCTLS}/${name}`, 'latin1'))));
}
