import type { Flood } from '../../model/input/scenario.ts';
import { neededRetransmission } from '../../model/node/syn.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import { DeadlineQueue } from '../pacing/deadline-queue.ts';
import { connectTcp } from '../sockets/connect.ts';
import type { Destination, TcpConnection } from '../sockets/tcp-connection.ts';
import type { Attempt } from '../tally/attempt.ts';
import { causeOfErrno } from '../tally/failure.ts';
import type { FloodCounters } from '../tally/flood-counters.ts';
import type { AgentContext } from './flood.ts';
import { type SourceChooser, sourceChooser } from './sources.ts';

export interface DialListener {
  /** The attempt is connected, by the wire it names. */
  connected(attempt: Attempt, wire: TcpConnection): void;
  /** The attempt is over without a connection; `cause` undefined when it was interrupted by us. */
  notConnected(attempt: Attempt, cause: FailureCause | undefined): void;
}

export type DialContext = Pick<AgentContext, 'clock' | 'dueAt' | 'synSchedule' | 'floods' | 'agent' | 'agents'>;

/** What a flood says of its connections. */
export type Dialled = Pick<Extract<Flood, { readonly connectTimeoutSeconds: number }>, 'connectTimeoutSeconds' | 'sources'>;

/**
 * Opens the TCP connections of one flood and counts all there is to know until they are up: the same for every kind.
 *
 * A dial given up while the kernel still waits for the answer to its SYN counts as `abandoned`, exactly once, and one whose
 * handshake is complete never does, even if its event has not been delivered yet: the accounting of drops rests on it.
 */
export class Dialer {
  readonly #tally: FloodCounters;
  readonly #context: DialContext;
  readonly #listener: DialListener;
  readonly #from: SourceChooser;
  readonly #waiting: DeadlineQueue<Attempt>;
  #overdue: Attempt[] = [];

  constructor(tally: FloodCounters, context: DialContext, flood: Dialled, listener: DialListener) {
    this.#tally = tally;
    this.#context = context;
    this.#listener = listener;
    this.#waiting = new DeadlineQueue(flood.connectTimeoutSeconds);
    this.#from = sourceChooser(flood, context);
  }

  /** Seconds since the epoch at which `expire` has work. */
  get nextAt(): number {
    this.#waiting.skip(isDecided);
    return this.#waiting.nextAt;
  }

  dial(attempt: Attempt, to: Destination): void {
    const tally = this.#tally;
    tally.count(attempt.intended, 'attempted');
    tally.time('schedule_lag', Math.max(0, attempt.started - attempt.intended));
    tally.connecting++;
    this.#waiting.push(attempt, attempt.started);
    attempt.wire = connectTcp(this.#from(to), (errno) => {
      if (errno === undefined) this.#connected(attempt);
      else this.#failed(attempt, errno);
    });
  }

  /** Gives up what has waited too long. The decision falls after the next poll phase: an answer that is already there wins. */
  expire(now: number): void {
    for (let attempt = this.#waiting.take(now); attempt !== undefined; attempt = this.#waiting.take(now)) {
      if (isDecided(attempt)) continue;
      if (this.#overdue.length === 0) setImmediate(() => this.#giveUpOverdue());
      this.#overdue.push(attempt);
    }
  }

  /** Gives up on one dial that is no longer wanted. */
  interrupt(attempt: Attempt): void {
    if (!isDecided(attempt)) this.#giveUp(attempt, undefined);
  }

  /** Interrupts all. */
  close(): void {
    const all = [...this.#overdue, ...this.#waiting];
    this.#overdue = [];
    for (const attempt of all) this.interrupt(attempt);
  }

  #failed(attempt: Attempt, errno: string): void {
    const cause = causeOfErrno(errno);
    // ETIMEDOUT is the kernel giving up on silence; every other error is an answer, or no SYN left at all.
    if (cause === 'connect-timeout') this.#tally.count(attempt.intended, 'abandoned');
    attempt.wire?.close();
    this.#over(attempt, cause, errno);
  }

  #connected(attempt: Attempt): void {
    const { clock, dueAt, synSchedule } = this.#context;
    const now = clock();
    attempt.connectedAt = now;
    attempt.stage = 'exchanging';
    this.#tally.connecting--;
    this.#tally.count(attempt.intended, 'connected');
    this.#tally.time('connecting', now - attempt.started);
    // A connection is called delayed only if it cannot be this process that was late to notice it.
    const surely = Math.min(now, dueAt()) - attempt.started;
    if (neededRetransmission(surely, synSchedule)) this.#tally.delayed(attempt);
    if (attempt.wire !== undefined) this.#listener.connected(attempt, attempt.wire);
  }

  #giveUpOverdue(): void {
    const overdue = this.#overdue;
    this.#overdue = [];
    for (const attempt of overdue) {
      if (isDecided(attempt)) continue;
      if (attempt.wire?.isUp()) continue; // its event is on the way
      this.#giveUp(attempt, 'connect-timeout');
    }
  }

  #giveUp(attempt: Attempt, cause: FailureCause | undefined): void {
    const { wire } = attempt;
    this.#tally.count(attempt.intended, wire?.isUp() ? 'connected' : 'abandoned');
    wire?.close();
    this.#over(attempt, cause);
  }

  #over(attempt: Attempt, cause: FailureCause | undefined, errno?: string): void {
    attempt.stage = 'ended';
    attempt.wire = undefined;
    this.#tally.connecting--;
    if (cause === undefined) this.#tally.count(attempt.intended, 'interrupted');
    else this.#tally.fail(attempt, cause, errno);
    this.#listener.notConnected(attempt, cause);
  }
}

function isDecided(attempt: Attempt): boolean {
  return attempt.stage !== 'connecting';
}
