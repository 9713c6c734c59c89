import type { Socket } from 'node:net';
import type { FailureCause } from '../model/attempt.ts';
import type { Endpoint } from '../model/lab.ts';
import type { ShortFlood } from '../model/scenario.ts';
import type { ArrivalPacer } from './arrival-pacer.ts';
import { pacerOf } from './arrivals.ts';
import { Attempt } from './attempt.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import { Dialer, type DialListener } from './dialer.ts';
import { causeOfError, causeOfStatus } from './failure.ts';
import type { AgentContext, RunningFlood } from './flood.ts';
import { HttpLane, type LaneListener } from './http-lane.ts';
import { Tally } from './tally.ts';
import type { Wire } from './wire.ts';

/** A new TCP connection a request. */
export class RunningShortFlood implements RunningFlood, DialListener, LaneListener {
  readonly tally: Tally;
  readonly #flood: ShortFlood;
  readonly #context: AgentContext;
  readonly #pacer: ArrivalPacer;
  readonly #dialer: Dialer;
  readonly #answers: DeadlineQueue<Attempt>;
  /** Idle lanes by destination, in the order of the targets. */
  readonly #idle: HttpLane[][];
  readonly #laneTarget = new Map<HttpLane, number>();
  /** Connected and not answered. */
  #exchanging = 0;

  constructor(flood: ShortFlood, index: number, context: AgentContext) {
    this.#flood = flood;
    this.#context = context;
    this.tally = new Tally(flood.name);
    this.#dialer = new Dialer(this.tally, context, flood.connectTimeoutSeconds, this);
    this.#answers = new DeadlineQueue(flood.responseTimeoutSeconds);
    this.#idle = context.targets.http.map(() => []);
    this.#pacer = pacerOf(flood, index, context, {
      begin: (arrival, intended) => this.#begin(arrival, intended),
      notStarted: (intended) => this.tally.count(intended, 'notStarted'),
    });
  }

  get nextAt(): number {
    this.#answers.skip(isAnswered);
    return Math.min(this.#pacer.nextAt, this.#dialer.nextAt, this.#answers.nextAt);
  }

  get scheduled(): boolean {
    return this.#pacer.scheduled;
  }

  get inFlight(): boolean {
    return this.tally.connecting > 0 || this.#exchanging > 0;
  }

  tick(now: number): void {
    this.#pacer.tick();
    this.#dialer.expire(now);
    for (let attempt = this.#answers.take(now); attempt !== undefined; attempt = this.#answers.take(now)) {
      if (!isAnswered(attempt)) this.#end(attempt, 'response-timeout')?.close();
    }
  }

  stop(now: number): void {
    this.#pacer.stop(now);
  }

  close(now: number): void {
    this.#pacer.stop(now);
    this.#dialer.close();
    for (const attempt of this.#answers) if (!isAnswered(attempt)) this.#end(attempt, 'interrupted')?.close();
  }

  connected(attempt: Attempt, wire: Wire): void {
    this.tally.open++;
    this.#exchanging++;
    this.#answers.push(attempt, attempt.connectedAt);
    const target = this.#targetOf(attempt);
    const lane = this.#idle[target]?.pop() ?? this.#newLane(target);
    lane.exchange(attempt, wire.socket());
  }

  notConnected(): void {} // the dialer has counted it

  responseStarted(attempt: Attempt): void {
    if (!isAnswered(attempt)) this.tally.time('waiting', this.#context.clock() - attempt.connectedAt);
  }

  responseEnded(attempt: Attempt, socket: Socket, status: number): void {
    // Here and not on 'close': undici closes the socket as soon as this returns, and a reset must come before that.
    if (this.#flood.close === 'rst') socket.resetAndDestroy();
    if (!isAnswered(attempt)) this.#end(attempt, causeOfStatus(status));
  }

  responseFailed(attempt: Attempt, error: Error): void {
    if (!isAnswered(attempt)) this.#end(attempt, causeOfError(error));
  }

  free(lane: HttpLane): void {
    this.tally.open--;
    this.#idle[this.#laneTarget.get(lane) ?? 0]?.push(lane);
  }

  #begin(arrival: number, intended: number): void {
    const attempt = new Attempt(arrival, intended, this.#context.clock());
    this.#dialer.dial(attempt, this.#context.targets.http[this.#targetOf(attempt)] as Endpoint);
  }

  #targetOf(attempt: Attempt): number {
    return attempt.index % this.#context.targets.http.length;
  }

  #newLane(target: number): HttpLane {
    const { address, port } = this.#context.targets.http[target] as Endpoint;
    const lane = new HttpLane(`http://${address}:${port}`, this);
    this.#laneTarget.set(lane, target);
    return lane;
  }

  /** Counts the end of an exchange, a success when there is no cause. Returns the wire, for those who must still close it. */
  #end(attempt: Attempt, cause: FailureCause | 'interrupted' | undefined): Wire | undefined {
    const { wire } = attempt;
    attempt.stage = 'ended';
    attempt.wire = undefined;
    this.#exchanging--;
    if (cause === undefined) this.tally.succeed(attempt, this.#context.clock());
    else if (cause === 'interrupted') this.tally.count(attempt.intended, 'interrupted');
    else this.tally.fail(attempt, cause);
    return wire;
  }
}

function isAnswered(attempt: Attempt): boolean {
  return attempt.stage === 'ended';
}
