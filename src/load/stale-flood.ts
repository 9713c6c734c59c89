import type { Socket } from 'node:net';
import type { Endpoint, Targets } from '../model/lab.ts';
import { portsIn } from '../model/lab.ts';
import type { StaleFlood } from '../model/scenario.ts';
import type { ArrivalPacer } from './arrival-pacer.ts';
import { pacerOf } from './arrivals.ts';
import { Attempt } from './attempt.ts';
import { Dialer, type DialListener } from './dialer.ts';
import type { AgentContext, RunningFlood } from './flood.ts';
import { Tally } from './tally.ts';

/**
 * Connections that are established and then forgotten: reset on this side, with the lab keeping the RST from leaving, so
 * that the gateway's entry stays ESTABLISHED and ASSURED.
 */
export class RunningStaleFlood implements RunningFlood, DialListener {
  readonly tally: Tally;
  readonly #context: AgentContext;
  readonly #pacer: ArrivalPacer;
  readonly #dialer: Dialer;
  /** This flood's number among the stale floods of the run, and how many there are. */
  readonly #place: { readonly number: number; readonly of: number };

  constructor(flood: StaleFlood, index: number, context: AgentContext) {
    this.#context = context;
    this.tally = new Tally(flood.name);
    this.#dialer = new Dialer(this.tally, context, flood.connectTimeoutSeconds, this);
    const stale = context.floods.filter((other) => other.kind === 'stale');
    this.#place = { number: stale.indexOf(flood), of: stale.length };
    this.#pacer = pacerOf(flood, index, context, {
      begin: (arrival, intended) => this.#begin(arrival, intended),
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
  connected(attempt: Attempt, socket: Socket): void {
    socket.on('error', () => {});
    socket.resetAndDestroy();
    attempt.stage = 'ended';
    attempt.socket = undefined;
    this.tally.succeed(attempt, this.#context.clock());
  }

  notConnected(): void {} // the dialer has counted it

  #begin(arrival: number, intended: number): void {
    const attempt = new Attempt(arrival, intended, this.#context.clock());
    const pair = pairOf(arrival * this.#place.of + this.#place.number, this.#context.targets);
    if (pair === undefined) {
      this.tally.count(intended, 'attempted');
      this.tally.fail(attempt, 'ports-exhausted');
      return;
    }
    this.#dialer.dial(attempt, { host: pair.target.address, port: pair.target.port, localPort: pair.localPort });
  }
}

/**
 * Pair number `n` of local port and destination, each different; undefined when there are no more. Arrivals of several
 * floods and agents are interleaved over the numbers, so that none can meet.
 */
export function pairOf(
  n: number,
  targets: Pick<Targets, 'stale' | 'stalePorts'>,
): { readonly localPort: number; readonly target: Endpoint } | undefined {
  const ports = portsIn(targets.stalePorts);
  const target = targets.stale[Math.floor(n / ports)];
  return target === undefined ? undefined : { localPort: targets.stalePorts.first + (n % ports), target };
}
