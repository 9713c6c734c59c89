import { terminates } from '../../model/input/dataplanes.ts';
import { type LoadRecord, TICK_SECONDS } from '../../model/timeline/sample.ts';
import { recordedTracking } from '../../model/timeline/tracking.ts';
import type { RunLog } from '../log/run-log.ts';

const TCP = new Set(['short', 'long', 'stale']);
/** Seconds by which an outcome may have become known later than its record says: a busy agent ends its 100 ms late. */
const LATE = 2 * TICK_SECONDS;

/**
 * How many entries of the load must be in the gateway's table, going forward in time: those of TCP connections that were
 * established by then and are younger than any timeout. They are ASSURED, so early drop does not take them either. 0 where the
 * number of entries per connection is not known.
 */
export class EntriesDue {
  readonly #each: number;
  readonly #life: number;
  readonly #byOutcome: readonly LoadRecord[];
  readonly #byStart: readonly LoadRecord[];
  #known = 0;
  #old = 0;
  #established = 0;
  #expired = 0;
  #since = Number.NEGATIVE_INFINITY;

  /** @param life seconds that an entry stays, at the least. */
  constructor({ meta, loads }: Pick<RunLog, 'meta' | 'loads'>, life: number) {
    const floods = new Set(meta.scenario.floods.filter(({ kind }) => TCP.has(kind)).map(({ name }) => name));
    const tcp = loads.filter(({ flood }) => floods.has(flood));
    this.#each = terminates(meta.lab.dataplane) ? 0 : (recordedTracking(meta.lab)?.flows ?? 0);
    this.#life = life;
    this.#byOutcome = tcp.toSorted((a, b) => a.at - b.at);
    this.#byStart = tcp.toSorted((a, b) => a.t - b.t);
  }

  /** Entries of connections that were due before `t` need not be there any more. */
  forget(t: number): void {
    this.#since = t;
    this.#established = 0;
    this.#expired = 0;
  }

  by(t: number): number {
    const counts = (load: LoadRecord) => (load.t >= this.#since ? (load.succeeded ?? 0) : 0);
    for (
      let load = this.#byOutcome[this.#known];
      load !== undefined && load.at <= t - LATE;
      load = this.#byOutcome[++this.#known]
    ) {
      this.#established += counts(load);
    }
    for (let load = this.#byStart[this.#old]; load !== undefined && load.t <= t - this.#life; load = this.#byStart[++this.#old]) {
      this.#expired += counts(load);
    }
    return this.#each * Math.max(0, this.#established - this.#expired);
  }
}
