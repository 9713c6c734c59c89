import { isDatagrams } from '../../model/input/flood-kind.ts';
import { TIMEOUT_NAMES, timeoutSysctl } from '../../model/input/timeouts.ts';
import { fewestBeforeScarce } from '../accounting/port-refusals.ts';
import type { AttemptTotals } from '../log/load.ts';
import { cpusOf } from '../log/machines.ts';
import type { RunLog } from '../log/run-log.ts';
import type { TableRows } from '../log/table-rows.ts';
import { Deletions, timeoutsSet } from './announced.ts';
import { EntriesDue } from './entries-due.ts';

/**
 * Entries that gc_worker frees at most in a second, and in one slice beyond: GC_SCAN_EXPIRED_MAX = 64000/HZ, one more before it
 * stops, and a pause of at least one jiffy (net/netfilter/nf_conntrack_core.c); 641 a slice with HZ 100, 257 with HZ 250.
 */
const GC_PER_SECOND = 64_000;
const GC_SLICE = 641;
/** Entries too few to prove anything: packets on their way are counted for microseconds, samples take some time themselves. */
const LEAST = 20;
/** The same as a share of the entries created so far. */
const LEAST_SHARE = 0.01;
/**
 * The same as a share of the entries that must be there, and by how much it grows with each of them: a source port that is used
 * again takes an entry with it. Of 81,000 connections closed with RST, 1.3 % had no entry of their own (6.18).
 */
const REUSED_SHARE = 0.03;
const REUSED_GROWTH = 5e-7;
/** Seconds by which the time of a sample may be off. */
const UNSURE = 0.05;
/**
 * On a live gateway others' connections may be refused, which frees entries at once: there only a single leap counts. The same where
 * source ports are scarce: a new connection takes that of an entry which is closing, and the entry with it (nf_nat_used_tuple_harder).
 */
const LEAP = 0.5;

/** Entries that nothing of the kernel's own can have removed. */
export interface Vanished {
  readonly entries: number;
  readonly atSeconds: number;
}

/**
 * The first time that more entries were gone from the gateway's table than timeouts, garbage collection and early drop can have
 * taken by then: somebody deleted them (`conntrack -F`, `conntrack -D`). Sound whatever the sampling: of the entries created, as
 * far as samples show it, only those older than the shortest timeout can have expired; early drop is counted; the garbage
 * collector takes others only above 95 % of nf_conntrack_max and after a drop, which for a table with ballast, always that full,
 * may be another namespace's; a refused SYN frees its entry. What others make vanish one by one, as with a timeout lowered for a
 * while, hides behind new entries; but then fewer are there than connections were established.
 */
export function vanishedEntries({
  meta,
  loads,
  tables: { gateway },
  actions,
  attempts,
}: Pick<RunLog, 'meta' | 'loads' | 'tables' | 'actions'> & { readonly attempts: AttemptTotals }): Vanished | undefined {
  const { capacity } = meta.lab;
  const { samples } = gateway;
  const live = capacity.method === 'in-force';
  const shortest = Math.min(shortestTimeout(meta), ...timeoutsSet(actions)) - UNSURE;
  const announced = new Deletions(actions);
  const expired = new RisesBefore(samples, shortest);
  const due = new EntriesDue({ meta, loads: live || capacity.ballast > 0 ? [] : loads }, shortest);
  const limit = Math.min(capacity.max, gateway.capacity.least + capacity.ballast);
  const collected = Math.floor(limit / 100) * 95 - capacity.ballast;
  const scarce = fewestBeforeScarce(meta);
  let reuses = false;
  let before = samples.at(0);
  if (before === undefined || meta.lab.rules?.alterTracking) return undefined;
  // An entry that clashed and was let through lives for a second (nf_ct_resolve_clash_harder).
  const brief = gateway.clashResolved + (attempts.all.failed.refused ?? 0);
  let mayGo = Math.max(0, before.entries - capacity.prefilled) + brief;
  const jitter = cpusOf(meta, 'gateway'); // entries counted while they are made, see TableFold
  let stale = capacity.prefilled;
  let risen = 0;
  let gone = 0;
  for (const sample of samples) {
    const { t, entries, drop, earlyDrop } = sample;
    const deletion = announced.between(before.t, t);
    if (deletion !== undefined) {
      due.forget(deletion.doneSeconds);
      if (deletion.stale) stale = 0;
      before = sample;
      continue;
    }
    const step = before.entries - entries;
    reuses ||= entries >= scarce;
    risen += Math.max(0, -step);
    const slack = LEAST + LEAST_SHARE * risen;
    if (step > jitter) {
      if (drop > 0 || capacity.ballast > 0) {
        const slices = GC_PER_SECOND * (t - before.t) + GC_SLICE;
        mayGo += Math.max(0, Math.min(step, slices, before.entries - collected, before.entries - capacity.prefilled));
      }
      gone += step;
      const unexplained = gone - mayGo - earlyDrop - expired.at(t);
      if (unexplained > slack && (!(live || reuses) || step >= LEAP * before.entries)) {
        return { entries: Math.max(step, Math.round(unexplained)), atSeconds: t };
      }
    }
    const missing = stale - entries;
    if (missing > slack) return { entries: missing, atSeconds: t };
    const owed = drop > 0 || reuses ? 0 : due.by(t);
    const fewer = owed + missing;
    if (fewer > LEAST + (REUSED_SHARE + REUSED_GROWTH * owed) * owed && owed > 0) return { entries: fewer, atSeconds: t };
    before = sample;
  }
  return undefined;
}

/** Seconds that an entry lives at least, with the timeouts read before the load; 0, which proves nothing, where they were not. */
function shortestTimeout({ environment: { sysctls }, scenario: { floods }, lab: { capacity } }: RunLog['meta']): number {
  const udp = floods.some(({ kind }) => isDatagrams(kind));
  const tcp = floods.some(({ kind }) => !isDatagrams(kind));
  const wanted = TIMEOUT_NAMES.filter((name) => {
    if (capacity.method === 'in-force') return true;
    return (tcp && name.startsWith('tcp')) || (udp && (name.startsWith('udp') || name.startsWith('icmp')));
  });
  const values = wanted.map((name) => Number(sysctls[timeoutSysctl(name) ?? '']));
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? 0 : Math.min(...known);
}

/** How many entries samples had shown as new by some time before another, which only moves on. */
class RisesBefore {
  readonly #samples: TableRows;
  readonly #seconds: number;
  #row = 1;
  #sum = 0;

  constructor(samples: TableRows, seconds: number) {
    this.#samples = samples;
    this.#seconds = Math.max(0, seconds);
  }

  at(t: number): number {
    for (; this.#row < this.#samples.length; this.#row++) {
      const row = this.#samples.at(this.#row);
      if (row === undefined || row.t > t - this.#seconds) break;
      this.#sum += Math.max(0, row.entries - (this.#samples.at(this.#row - 1)?.entries ?? row.entries));
    }
    return this.#sum;
  }
}
