import { TICK_SECONDS } from '../../model/timeline/sample.ts';
import { monotonic } from '../../platform/clock.ts';
import type { AgentContext, RunningFlood } from '../floods/flood.ts';
import { type AgentMessage, type Assignment, TICKS_PER_SLICE } from '../protocol/messages.ts';
import { tickOf } from '../tally/flood-counters.ts';
import { Health } from './health.ts';
import { runFlood } from './run-flood.ts';

/** Everything one agent does between `prepare` and the end of its process, driven by a single timer. */
export class AgentLoop {
  readonly #assignment: Assignment;
  readonly #tell: (message: AgentMessage) => void;
  readonly #floods: readonly RunningFlood[];
  readonly #health: Health;
  readonly #clock = () => monotonic() - this.#epoch;
  #epoch = Number.POSITIVE_INFINITY;
  /** When `#run` is to run next. */
  #dueAt = 0;
  #nextTick = 1;
  #done = false;
  #ended = false;

  constructor(assignment: Assignment, tell: (message: AgentMessage) => void) {
    this.#assignment = assignment;
    this.#tell = tell;
    this.#health = new Health(assignment.targets);
    const context: AgentContext = { ...assignment, clock: this.#clock, dueAt: () => this.#dueAt };
    this.#floods = assignment.floods.map((flood, index) => runFlood(flood, index, context));
  }

  /** Begins at `epoch`, absolute monotonic seconds. */
  start(epoch: number): void {
    this.#epoch = epoch;
    setTimeout(
      () => {
        this.#health.start();
        this.#run();
      },
      Math.max(0, -this.#clock() * 1000),
    );
  }

  /** No new arrivals; safe to call more than once. */
  stop(): void {
    for (const flood of this.#floods) flood.stop(this.#clock());
  }

  /** Interrupts everything and reports at once; `done` follows if it has not been said yet. */
  close(): void {
    for (const flood of this.#floods) flood.close(this.#clock());
    this.#finishIfIdle();
  }

  /** Lets go of everything, without another report. */
  end(): void {
    this.#ended = true;
    for (const flood of this.#floods) flood.close(this.#clock());
    this.#health.end();
  }

  readonly #run = (): void => {
    const now = this.#clock();
    for (const flood of this.#floods) flood.tick(now);
    if (now >= this.#nextTick * TICK_SECONDS) this.#report(tickOf(now));
    this.#finishIfIdle();
    if (!this.#ended) this.#sleep();
  };

  #sleep(): void {
    const next = this.#floods.reduce((at, flood) => Math.min(at, flood.nextAt), this.#nextTick * TICK_SECONDS);
    const now = this.#clock();
    const milliseconds = Math.max(0, Math.ceil((next - now) * 1000)); // what a Node timer can tell apart
    this.#dueAt = now + milliseconds / 1000;
    if (milliseconds === 0) setImmediate(this.#run);
    else setTimeout(this.#run, milliseconds);
  }

  #report(tick: number): void {
    const firstOfSlice = Math.floor((this.#nextTick - 1) / TICKS_PER_SLICE);
    const slicesDue = Math.floor(tick / TICKS_PER_SLICE) > firstOfSlice;
    this.#nextTick = tick + 1;
    this.#health.sockets(this.#floods.reduce((sum, { tally }) => sum + tally.open + tally.connecting, 0));
    if (slicesDue) this.#health.ports();
    this.#send(tick, slicesDue);
  }

  #send(tick: number, withSlices: boolean): void {
    const tallies = this.#floods.map((flood) => flood.tally);
    this.#tell({
      type: 'tick',
      tick,
      loads: tallies.flatMap((tally) => tally.takeLoads()),
      gauges: tallies.flatMap((tally) => tally.takeGauge() ?? []),
      slices: withSlices ? tallies.flatMap((tally) => tally.takeSlices()) : [],
    });
  }

  #finishIfIdle(): void {
    if (this.#done || this.#floods.some((flood) => flood.scheduled)) return;
    // The load is over when the last schedule is; a held flood that still tries to fill its slots ends with it.
    this.stop();
    if (this.#floods.some((flood) => flood.inFlight)) return;
    this.#done = true;
    for (const flood of this.#floods) flood.settle?.(this.#clock());
    this.#health.ports();
    // The tick that is not over yet: nothing that was counted may come after `done`.
    this.#send(this.#nextTick++, true);
    this.#tell({ type: 'done', report: this.#health.report(this.#assignment.agent) });
  }
}
