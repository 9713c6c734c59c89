import type { ArrivalExecutor } from '../../model/input/floods/shape.ts';
import type { Flood } from '../../model/input/scenario.ts';
import type { ArrivalPacer } from '../pacing/arrival-pacer.ts';
import type { Destination, TcpConnection } from '../sockets/tcp-connection.ts';
import { Attempt } from '../tally/attempt.ts';
import { FloodCounters } from '../tally/flood-counters.ts';
import { pacerOf } from './arrivals.ts';
import { Dialer, type DialListener } from './dialer.ts';
import type { AgentContext, RunningFlood } from './flood.ts';

/** What tells one kind of connection flood from another. */
export interface ConnectPlan {
  /** Where arrival number `arrival` goes; undefined when there is no pair of port and destination left for it. */
  where(arrival: number): Destination | undefined;
  /** Ends a connection that has just been established. */
  part(wire: TcpConnection): void;
}

type ConnectFlood = Extract<Flood, { readonly connectTimeoutSeconds: number }> & { readonly shape: ArrivalExecutor };

/** Connections that are over once they are established: nothing is sent over them. */
export class RunningConnectFlood implements RunningFlood, DialListener {
  readonly tally: FloodCounters;
  readonly #context: AgentContext;
  readonly #plan: ConnectPlan;
  readonly #pacer: ArrivalPacer;
  readonly #dialer: Dialer;

  constructor(flood: ConnectFlood, index: number, context: AgentContext, plan: ConnectPlan) {
    this.#context = context;
    this.#plan = plan;
    this.tally = new FloodCounters(flood.name);
    this.#dialer = new Dialer(this.tally, context, flood, this);
    this.#pacer = pacerOf(flood, index, context, {
      begin: (arrival, intended, now) => this.#begin(arrival, intended, now),
      notStarted: (intended) => this.tally.count(intended, 'notStarted'),
    });
  }

  get nextAt(): number {
    return Math.min(this.#pacer.nextAt, this.#dialer.nextAt);
  }

  get scheduled(): boolean {
    return this.#pacer.scheduled;
  }

  get inFlight(): boolean {
    return this.tally.connecting > 0;
  }

  tick(now: number): void {
    this.#pacer.tick();
    this.#dialer.expire(now);
  }

  stop(now: number): void {
    this.#pacer.stop(now);
  }

  close(now: number): void {
    this.#pacer.stop(now);
    this.#dialer.close();
  }

  /** The third packet of the handshake, which makes the entry ASSURED, left before the kernel told us. */
  connected(attempt: Attempt, wire: TcpConnection): void {
    this.#plan.part(wire);
    attempt.stage = 'ended';
    attempt.wire = undefined;
    this.tally.succeed(attempt, this.#context.clock());
  }

  notConnected(): void {} // the dialer has counted it

  #begin(arrival: number, intended: number, now: number): void {
    const attempt = new Attempt(arrival, intended, now);
    const where = this.#plan.where(arrival);
    if (where === undefined) {
      this.tally.count(intended, 'attempted');
      this.tally.fail(attempt, 'ports-exhausted');
      return;
    }
    this.#dialer.dial(attempt, where);
  }
}
