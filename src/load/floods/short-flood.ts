import type { Endpoint } from '../../model/input/lab.ts';
import type { ShortFlood } from '../../model/input/scenario.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import { directExchanger } from '../http/direct-http-client.ts';
import type { HttpClient, HttpClientFactory, HttpListener } from '../http/http-client.ts';
import { undiciExchanger } from '../http/undici-http-client.ts';
import type { ArrivalPacer } from '../pacing/arrival-pacer.ts';
import { DeadlineQueue } from '../pacing/deadline-queue.ts';
import type { TcpConnection } from '../sockets/tcp-connection.ts';
import { Attempt } from '../tally/attempt.ts';
import { causeOfStatus } from '../tally/failure.ts';
import { FloodCounters } from '../tally/flood-counters.ts';
import { pacerOf } from './arrivals.ts';
import { Dialer, type DialListener } from './dialer.ts';
import type { AgentContext, RunningFlood } from './flood.ts';

/**
 * undici is made to keep connections. With one request a connection it takes 1.8 times the CPU time, kernel included: 144 µs
 * in place of 82 at 4,000 a second; over the least object it works with in place of a net.Socket it saves about 40 of them
 * (Node 20, results/profile-short.md).
 */
const EXCHANGERS: Readonly<Record<ShortFlood['client'], HttpClientFactory>> = {
  direct: directExchanger,
  undici: undiciExchanger,
};

/** A new TCP connection a request. With `close: half` each socket stays as it is, half closed, until the load is over. */
export class RunningShortFlood implements RunningFlood, DialListener, HttpListener {
  readonly tally: FloodCounters;
  readonly #flood: ShortFlood;
  readonly #context: AgentContext;
  readonly #pacer: ArrivalPacer;
  readonly #dialer: Dialer;
  readonly #answers: DeadlineQueue<Attempt>;
  /** In the order of the targets. */
  readonly #exchanges: readonly HttpClient[];
  /** With `close: half`: connections whose response has come. */
  readonly #kept: TcpConnection[] = [];

  constructor(flood: ShortFlood, index: number, context: AgentContext) {
    this.#flood = flood;
    this.#context = context;
    this.tally = new FloodCounters(flood.name);
    this.#dialer = new Dialer(this.tally, context, flood, this);
    this.#answers = new DeadlineQueue(flood.responseTimeoutSeconds);
    this.#exchanges = context.targets.http.map((target) => EXCHANGERS[flood.client](target, this));
    this.#pacer = pacerOf(flood, index, context, {
      begin: (arrival, intended, now) => this.#begin(arrival, intended, now),
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
    return this.tally.connecting > 0 || this.tally.open > this.#kept.length;
  }

  tick(now: number): void {
    this.#pacer.tick();
    this.#dialer.expire(now);
    for (let attempt = this.#answers.take(now); attempt !== undefined; attempt = this.#answers.take(now)) {
      if (!isAnswered(attempt)) this.#end(attempt, 'response-timeout');
    }
  }

  stop(now: number): void {
    this.#pacer.stop(now);
  }

  close(now: number): void {
    this.#pacer.stop(now);
    this.#dialer.close();
    for (const attempt of this.#answers) if (!isAnswered(attempt)) this.#end(attempt, 'interrupted');
    this.tally.open -= this.#kept.length;
    for (const wire of this.#kept.splice(0)) wire.close();
  }

  connected(attempt: Attempt, wire: TcpConnection): void {
    this.tally.open++;
    this.#answers.push(attempt, attempt.connectedAt);
    this.#exchanges[this.#targetOf(attempt)]?.(attempt, wire);
  }

  notConnected(): void {} // the dialer has counted it

  responseStarted(attempt: Attempt): void {
    if (!isAnswered(attempt)) this.tally.time('waiting', this.#context.clock() - attempt.connectedAt);
  }

  responseEnded(attempt: Attempt, status: number): void {
    if (isAnswered(attempt)) return;
    if (this.#flood.close === 'rst') attempt.wire?.reset();
    if (this.#flood.close === 'half') this.#keep(attempt);
    this.#end(attempt, causeOfStatus(status), status);
  }

  responseFailed(attempt: Attempt, cause: FailureCause, error?: string): void {
    if (!isAnswered(attempt)) this.#end(attempt, cause, error);
  }

  /** The backend closes, as it does after every response; this end does not until the load is over. */
  #keep(attempt: Attempt): void {
    if (attempt.wire === undefined) return;
    attempt.wire.keep();
    this.#kept.push(attempt.wire);
    this.tally.open++; // #end takes one off
    attempt.wire = undefined;
  }

  #begin(arrival: number, intended: number, now: number): void {
    const attempt = new Attempt(arrival, intended, now);
    this.#dialer.dial(attempt, this.#context.targets.http[this.#targetOf(attempt)] as Endpoint);
  }

  #targetOf(attempt: Attempt): number {
    return attempt.index % this.#context.targets.http.length;
  }

  /** Closes the connection and counts how its exchange ended: a success when there is no cause. */
  #end(attempt: Attempt, cause: FailureCause | 'interrupted' | undefined, what?: string | number): void {
    attempt.wire?.close();
    attempt.stage = 'ended';
    attempt.wire = undefined;
    this.tally.open--;
    this.tally.end(attempt, cause, this.#context.clock(), what);
  }
}

function isAnswered(attempt: Attempt): boolean {
  return attempt.stage === 'ended';
}
