import { TICK_SECONDS } from '../../model/timeline/sample.ts';
import { monotonic } from '../../platform/clock.ts';
import type { AgentContext, RunningFlood } from '../floods/flood.ts';
import { type AgentMessage, type Assignment, TICKS_PER_SLICE } from '../protocol/messages.ts';
import { tickOf } from '../tally/flood-counters.ts';
import { Health } from './health.ts';
import { runFlood } from './run-flood.ts';

/** Everything one agent does from `prepare` to the end of its process, driven by a single timer. */
export class AgentLoop {
  readonly #assignment: Assignment;
  readonly #toOwner: (message: AgentMessage) => void;
  readonly #floods: readonly RunningFlood[];
  readonly #health: Health;
  readonly #clock = () => monotonic() - this.#epoch;
  #epoch = Number.POSITIVE_INFINITY;
  /** When `#run` is due next. */
  #dueAt = 0;
  #nextTick = 1;
  #done = false;
  #ended = false;

  constructor(assignment: Assignment, toOwner: (message: AgentMessage) => void) {
    this.#assignment = assignment;
    this.#toOwner = toOwner;
    this.#health = new Health(assignment);
    const context: AgentContext = { ...assignment, clock: this.#clock, dueAt: () => this.#dueAt };
    this.#floods = assignment.floods.map((flood, index) => runFlood(flood, index, context));
  }

  /** Starts at `epoch`, absolute monotonic seconds. */
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

  /** Starts nothing new; safe to call more than once. */
  stop(): void {
    for (const flood of this.#floods) flood.stop(this.#clock());
  }

  /** Interrupts everything and reports at once; `done` follows unless it was sent before. */
  close(): void {
    for (const flood of this.#floods) flood.close(this.#clock());
    this.#finishIfIdle();
  }

  /** Releases everything, without another report. */
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
    const milliseconds = Math.max(0, Math.ceil((next - now) * 1000)); // the resolution of Node's timers
    this.#dueAt = now + milliseconds / 1000;
    if (milliseconds === 0) setImmediate(this.#run);
    else setTimeout(this.#run, milliseconds);
  }

  #report(tick: number): void {
    const firstOfSlice = Math.floor((this.#nextTick - 1) / TICKS_PER_SLICE);
    const slicesDue = Math.floor(tick / TICKS_PER_SLICE) > firstOfSlice;
    this.#nextTick = tick + 1;
    this.#health.sockets(this.#floods.reduce((sum, { tally: counters }) => sum + counters.open + counters.connecting, 0));
    if (slicesDue) this.#health.ports();
    this.#send(tick, slicesDue);
  }

  #send(tick: number, withSlices: boolean): void {
    const counters = this.#floods.map((flood) => flood.tally);
    this.#toOwner({
      type: 'tick',
      tick,
      loads: counters.flatMap((one) => one.takeLoads()),
      gauges: counters.flatMap((one) => one.takeGauge() ?? []),
      slices: withSlices ? counters.flatMap((one) => one.takeSlices()) : [],
    });
  }

  #finishIfIdle(): void {
    if (this.#done || this.#floods.some((flood) => flood.scheduled)) return;
    // The load ends with the last schedule; a held flood that still tries to fill its slots stops then.
    this.stop();
    if (this.#floods.some((flood) => flood.inFlight)) return;
    this.#done = true;
    for (const flood of this.#floods) flood.settle?.(this.#clock());
    this.#health.ports();
    // The unfinished tick: everything that was counted has to precede `done`.
    this.#send(this.#nextTick++, true);
    this.#toOwner({ type: 'done', report: this.#health.report(this.#assignment.agent) });
  }
}
