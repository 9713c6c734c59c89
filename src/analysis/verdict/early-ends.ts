import { totalFailed } from '../../model/timeline/attempt.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { recordedTracking } from '../../model/timeline/tracking.ts';
import { Deletions } from '../interference/announced.ts';
import { cpusOf } from '../log/machines.ts';
import type { RunLog } from '../log/run-log.ts';

/** How many entries may vanish for reasons of no account before it means something … */
const FEW = 32;
/** … and which share of the attempts. */
const SHARE = 0.01;

/** Entries that were gone before their timeouts were over. */
export interface EarlyEnds {
  /** At the least: what was added between two samples hides as much. */
  readonly entries: number;
  readonly fromSeconds: number;
  readonly untilSeconds: number;
}

/**
 * Entries that vanished from a table with ballast sooner than their timeouts allow, up to `until`, and that no action deleted;
 * undefined when none did, or without ballast. When a table anywhere on the machine was full, the kernel's garbage collector evicts closing entries from
 * every table that is 95 % full (gc_worker, nf_conntrack_core.c), and one with ballast always is.
 *
 * The table cannot lose more than the entries of attempts that began a lifetime ago, and those of failed ones.
 */
export function endedEarly(
  { meta, tables, loads, actions }: Pick<RunLog, 'meta' | 'tables' | 'loads' | 'actions'>,
  until: number,
): EarlyEnds | undefined {
  const effects = meta.lab.ballastEffects;
  if (effects === undefined) return undefined;
  const { flows, outer } = recordedTracking(meta.lab) ?? { flows: 1, outer: 0 };
  const each = flows + outer;
  const due = new MayHaveEnded(loads, effects.shortestLifeSeconds ?? Number.POSITIVE_INFINITY);
  const jitter = cpusOf(meta, 'gateway'); // entries counted while they are made, see TableFold
  const announced = new Deletions(actions);
  let last = 0;
  let before = 0;
  let vanished = 0;
  let from: number | undefined;
  let most: EarlyEnds | undefined;
  for (const { t, entries } of tables.gateway.samples) {
    if (t > until) break;
    const lost = announced.between(last, t) === undefined ? before - entries : 0;
    before = entries;
    last = t;
    if (lost <= jitter) continue;
    vanished += lost;
    from ??= t;
    const { ended, attempted } = due.by(t);
    const excess = vanished - each * ended;
    if (excess > Math.max(FEW, SHARE * attempted) && excess > (most?.entries ?? 0)) {
      most = { entries: excess, fromSeconds: from, untilSeconds: t };
    }
  }
  return most;
}

/** How many attempts may be without an entry, going forward in time. */
class MayHaveEnded {
  readonly #loads: readonly LoadRecord[];
  readonly #life: number;
  #old = 0;
  #new = 0;
  #ended = 0;
  #attempted = 0;

  /** @param life seconds that an entry stays, at the least. */
  constructor(loads: readonly LoadRecord[], life: number) {
    this.#loads = loads.toSorted((a, b) => a.t - b.t);
    this.#life = life;
  }

  by(t: number): { readonly ended: number; readonly attempted: number } {
    for (let load = this.#loads[this.#old]; load !== undefined && load.t <= t - this.#life; load = this.#loads[++this.#old]) {
      this.#ended += load.attempted ?? 0;
    }
    for (let load = this.#loads[this.#new]; load !== undefined && load.t <= t; load = this.#loads[++this.#new]) {
      this.#attempted += load.attempted ?? 0;
      this.#ended += totalFailed({ failed: load.failed ?? {} });
    }
    return { ended: this.#ended, attempted: this.#attempted };
  }
}
