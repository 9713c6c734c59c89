import type { Endpoint } from '../../model/input/lab.ts';
import type { HalfOpenFlood } from '../../model/input/scenario.ts';
import type { ArrivalPacer } from '../pacing/arrival-pacer.ts';
import { connectTcp } from '../sockets/connect.ts';
import { Attempt } from '../tally/attempt.ts';
import { causeOfErrno } from '../tally/failure.ts';
import { FloodCounters } from '../tally/flood-counters.ts';
import { pacerOf } from './arrivals.ts';
import type { AgentContext, RunningFlood } from './flood.ts';
import { type SourceChooser, sourceChooser } from './sources.ts';

/**
 * SYNs that nobody answers. The socket is closed in the same turn of the event loop, long before it would repeat its SYN:
 * closing one in SYN_SENT sends nothing (tcp_close in net/ipv4/tcp.c), so each attempt is exactly one packet and, if there
 * is room, one SYN_SENT [UNREPLIED] entry. An attempt succeeds when its SYN is out: whether the gateway took it only the
 * backend can tell, which counts what arrives.
 */
export class RunningHalfOpenFlood implements RunningFlood {
  readonly tally: FloodCounters;
  readonly #context: AgentContext;
  readonly #pacer: ArrivalPacer;
  readonly #from: SourceChooser;

  constructor(flood: HalfOpenFlood, index: number, context: AgentContext) {
    this.#context = context;
    this.tally = new FloodCounters(flood.name);
    this.#from = sourceChooser(flood, context);
    this.#pacer = pacerOf(flood, index, context, {
      begin: (arrival, intended) => this.#begin(arrival, intended),
      notStarted: (intended) => this.tally.count(intended, 'notStarted'),
    });
  }

  get nextAt(): number {
    return this.#pacer.nextAt;
  }

  get scheduled(): boolean {
    return this.#pacer.scheduled;
  }

  get inFlight(): boolean {
    return this.tally.connecting > 0;
  }

  tick(): void {
    this.#pacer.tick();
  }

  stop(now: number): void {
    this.#pacer.stop(now);
  }

  /** What is connecting is closed within this turn of the event loop anyway. */
  close(now: number): void {
    this.#pacer.stop(now);
  }

  #begin(arrival: number, intended: number): void {
    const { tally } = this;
    const { clock, targets } = this.#context;
    const attempt = new Attempt(arrival, intended, clock());
    tally.count(intended, 'attempted');
    tally.time('schedule_lag', Math.max(0, attempt.started - intended));
    tally.connecting++;
    let failed: string | undefined;
    // The SYN leaves before any setImmediate.
    const to = targets.halfOpen[arrival % targets.halfOpen.length] as Endpoint;
    const wire = connectTcp(this.#from(to), (errno) => {
      failed = errno;
    });
    setImmediate(() => {
      tally.connecting--;
      wire.close();
      if (failed === undefined) tally.succeed(attempt, clock());
      else tally.fail(attempt, causeOfErrno(failed), failed);
    });
  }
}
