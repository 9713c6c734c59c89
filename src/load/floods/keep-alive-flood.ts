import type { Endpoint } from '../../model/input/lab.ts';
import type { ShortFlood } from '../../model/input/scenario.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import { keepAliveExchanger } from '../http/direct-http-client.ts';
import type { HttpClient, HttpListener } from '../http/http-client.ts';
import type { ArrivalPacer } from '../pacing/arrival-pacer.ts';
import { DeadlineQueue } from '../pacing/deadline-queue.ts';
import type { TcpConnection } from '../sockets/tcp-connection.ts';
import { Attempt } from '../tally/attempt.ts';
import { causeOfStatus } from '../tally/failure.ts';
import { FloodCounters } from '../tally/flood-counters.ts';
import { pacerOf } from './arrivals.ts';
import { Dialer, type DialListener } from './dialer.ts';
import type { AgentContext, RunningFlood } from './flood.ts';

/** One connection and its requests. */
class Session extends Attempt {
  sent = 0;
  sentAt = 0;
  answered = 0;
  /** Whether what follows the last request is due: the next one, or the end. */
  due = false;
}

/** A request of a session, by its number: later ones of the same session are none of its business. */
interface Request {
  readonly session: Session;
  readonly number: number;
}

/**
 * TCP connections that each carry several requests, evenly spread over their lifetime, one at a time; then this end closes. An
 * attempt is a connection: it succeeds when all of its requests did.
 */
export class RunningKeepAliveFlood implements RunningFlood, DialListener, HttpListener {
  readonly tally: FloodCounters;
  readonly #flood: ShortFlood;
  readonly #context: AgentContext;
  readonly #pacer: ArrivalPacer;
  readonly #dialer: Dialer;
  readonly #answers: DeadlineQueue<Request>;
  readonly #pauses: DeadlineQueue<Request>;
  /** In the order of the targets. */
  readonly #exchanges: readonly HttpClient[];
  #waiting = 0;

  constructor(flood: ShortFlood, index: number, context: AgentContext) {
    this.#flood = flood;
    this.#context = context;
    this.tally = new FloodCounters(flood.name);
    this.#dialer = new Dialer(this.tally, context, flood, this);
    this.#answers = new DeadlineQueue(flood.responseTimeoutSeconds);
    this.#pauses = new DeadlineQueue(flood.lifetimeSeconds / flood.requestsPerConnection);
    this.#exchanges = context.targets.http.map((target) => keepAliveExchanger(target, this));
    this.#pacer = pacerOf(flood, index, context, {
      begin: (arrival, intended) => this.#begin(arrival, intended),
      notStarted: (intended) => this.tally.count(intended, 'notStarted'),
    });
  }

  get nextAt(): number {
    this.#answers.skip(isAnswered);
    this.#pauses.skip(isOver);
    return Math.min(this.#pacer.nextAt, this.#dialer.nextAt, this.#answers.nextAt, this.#pauses.nextAt);
  }

  get scheduled(): boolean {
    return this.#pacer.scheduled;
  }

  /** Connections between two requests are not: like held ones, they last as long as the load. */
  get inFlight(): boolean {
    return this.tally.connecting > 0 || this.#waiting > 0;
  }

  tick(now: number): void {
    this.#pacer.tick();
    this.#dialer.expire(now);
    for (let request = this.#answers.take(now); request !== undefined; request = this.#answers.take(now)) {
      if (!isAnswered(request)) this.#end(request.session, 'response-timeout');
    }
    for (let request = this.#pauses.take(now); request !== undefined; request = this.#pauses.take(now)) {
      if (isOver(request)) continue;
      request.session.due = true;
      if (isAnswered(request)) this.#goOn(request.session);
    }
  }

  stop(now: number): void {
    this.#pacer.stop(now);
  }

  /** Connections that got every response so far have done what they were asked to. */
  settle(): void {
    for (const request of this.#pauses) if (!isOver(request) && isAnswered(request)) this.#end(request.session, undefined);
  }

  close(now: number): void {
    this.#pacer.stop(now);
    this.#dialer.close();
    for (const request of this.#answers) if (!isAnswered(request)) this.#end(request.session, 'interrupted');
    for (const request of this.#pauses) if (!isOver(request)) this.#end(request.session, 'interrupted');
  }

  connected(attempt: Attempt): void {
    this.tally.open++;
    this.#send(attempt as Session);
  }

  notConnected(): void {} // the dialer has counted it

  responseStarted(attempt: Attempt): void {
    const { stage, sentAt } = attempt as Session;
    if (stage !== 'ended') this.tally.time('waiting', this.#context.clock() - sentAt);
  }

  responseEnded(attempt: Attempt, status: number): void {
    const session = attempt as Session;
    if (session.stage === 'ended') return;
    const cause = causeOfStatus(status);
    if (cause !== undefined) {
      this.#end(session, cause, status);
      return;
    }
    session.answered++;
    this.#waiting--;
    if (session.due) this.#goOn(session);
  }

  /** Also of a connection that the other side closes between two requests. */
  responseFailed(attempt: Attempt, cause: FailureCause, error?: string): void {
    if (attempt.stage !== 'ended') this.#end(attempt as Session, cause, error);
  }

  #begin(arrival: number, intended: number): void {
    const { http } = this.#context.targets;
    this.#dialer.dial(new Session(arrival, intended, this.#context.clock()), http[arrival % http.length] as Endpoint);
  }

  #send(session: Session): void {
    const now = this.#context.clock();
    session.due = false;
    session.sent++;
    session.sentAt = now;
    this.#waiting++;
    const request = { session, number: session.sent };
    this.#answers.push(request, now);
    this.#pauses.push(request, now);
    const { http } = this.#context.targets;
    this.#exchanges[session.index % http.length]?.(session, session.wire as TcpConnection);
  }

  #goOn(session: Session): void {
    if (session.sent < this.#flood.requestsPerConnection) {
      this.#send(session);
      return;
    }
    if (this.#flood.close === 'rst') session.wire?.reset();
    this.#end(session, undefined);
  }

  /** Closes the connection and counts how it went: a success when there is no cause. */
  #end(session: Session, cause: FailureCause | 'interrupted' | undefined, what?: string | number): void {
    if (session.answered < session.sent) this.#waiting--;
    session.wire?.close();
    session.stage = 'ended';
    session.wire = undefined;
    this.tally.open--;
    this.tally.end(session, cause, this.#context.clock(), what);
  }
}

function isAnswered({ session, number }: Request): boolean {
  return session.answered >= number || session.stage === 'ended';
}

/** Whether the session has ended, or gone on to its next request. */
function isOver({ session, number }: Request): boolean {
  return session.stage === 'ended' || session.sent > number;
}
