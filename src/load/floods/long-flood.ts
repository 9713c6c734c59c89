import { levelAt } from '../../model/input/arrivals.ts';
import { shapeSeconds } from '../../model/input/floods/shape.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import type { LongFlood } from '../../model/input/scenario.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import { DeadlineQueue } from '../pacing/deadline-queue.ts';
import { LevelPacer } from '../pacing/level-pacer.ts';
import { isHeld } from '../sizing/process-plan.ts';
import type { TcpConnection } from '../sockets/tcp-connection.ts';
import { Attempt } from '../tally/attempt.ts';
import { causeOfStatus } from '../tally/failure.ts';
import { FloodCounters } from '../tally/flood-counters.ts';
import { pacerOf } from './arrivals.ts';
import { Dialer, type DialListener } from './dialer.ts';
import type { AgentContext, RunningFlood } from './flood.ts';
import { HeartbeatWheel } from './heartbeat-wheel.ts';
import type { Held } from './held.ts';
import { HeldConnection } from './held-connection.ts';
import { HeldSocket, type HoldListener } from './held-socket.ts';
import { Slots } from './slots.ts';

/** WebSockets, with heartbeats, or bare connections, without, that are opened and held. */
export class RunningLongFlood implements RunningFlood, DialListener, HoldListener {
  readonly tally: FloodCounters;
  readonly #context: AgentContext;
  readonly #protocol: LongFlood['protocol'];
  readonly #pacer: LongPacer;
  readonly #dialer: Dialer;
  readonly #upgrades: DeadlineQueue<Attempt>;
  readonly #heartbeats: HeartbeatWheel<HeldSocket>;
  /** By slot or arrival number: all that connect or upgrade. */
  readonly #attempts: Slots<Attempt>;
  /** All that upgrade or are held. */
  readonly #held: Slots<Held>;
  #upgrading = 0;

  constructor(flood: LongFlood, index: number, context: AgentContext) {
    this.#context = context;
    this.#protocol = flood.protocol;
    this.tally = new FloodCounters(flood.name);
    this.#dialer = new Dialer(this.tally, context, flood, this);
    this.#upgrades = new DeadlineQueue(flood.connectTimeoutSeconds); // an upgrade may take as long as a connect
    this.#heartbeats = new HeartbeatWheel(flood.heartbeatSeconds, (held) => this.#beat(held));
    this.#attempts = new Slots(context);
    this.#held = new Slots(context);
    this.#pacer = this.#pacerOf(flood, index);
  }

  get nextAt(): number {
    this.#upgrades.skip(isUpgraded);
    return Math.min(this.#pacer.nextAt, this.#dialer.nextAt, this.#upgrades.nextAt, this.#heartbeats.nextAt);
  }

  get scheduled(): boolean {
    return this.#pacer.scheduled;
  }

  get inFlight(): boolean {
    return this.tally.connecting > 0 || this.#upgrading > 0;
  }

  tick(now: number): void {
    this.#pacer.tick(now);
    this.#dialer.expire(now);
    for (let attempt = this.#upgrades.take(now); attempt !== undefined; attempt = this.#upgrades.take(now)) {
      if (!isUpgraded(attempt)) this.#giveUp(attempt, 'response-timeout');
    }
    this.#heartbeats.turn(now);
  }

  stop(now: number): void {
    this.#pacer.stop(now);
  }

  settle(now: number): void {
    for (const held of this.#held.all()) this.#endSession(held, now);
  }

  close(now: number): void {
    this.#pacer.stop(now);
    for (const attempt of this.#attempts.all()) this.#interrupt(attempt);
    for (const held of this.#held.all()) this.#drop(held);
  }

  connected(attempt: Attempt, wire: TcpConnection): void {
    const { index } = attempt;
    attempt.wire = undefined; // what is held owns it now
    this.tally.open++;
    this.#upgrading++;
    if (this.#protocol === 'tcp') {
      const held = new HeldConnection(index, wire, this);
      this.#held.set(index, held);
      this.#opened(attempt, held, attempt.connectedAt);
    } else {
      this.#upgrades.push(attempt, attempt.connectedAt);
      this.#held.set(index, new HeldSocket(attempt, wire, this.#targetOf(attempt), this));
    }
  }

  notConnected(attempt: Attempt, cause: FailureCause | undefined): void {
    this.#attempts.delete(attempt.index);
    if (cause !== undefined) this.#pacer.vacated(attempt.index, this.#context.clock(), cause === 'connect-timeout');
  }

  upgraded(attempt: Attempt, held: HeldSocket): void {
    const now = this.#context.clock();
    this.tally.time('waiting', now - attempt.connectedAt);
    this.#opened(attempt, held, now);
    this.#heartbeats.add(held, now);
  }

  refused(attempt: Attempt, status: number | 'malformed'): void {
    this.#giveUp(attempt, (status === 'malformed' ? undefined : causeOfStatus(status)) ?? 'other', status);
  }

  ponged(pingedAt: number): void {
    const now = this.#context.clock();
    this.tally.count(now, 'heartbeats');
    this.tally.time('heartbeat', now - pingedAt);
  }

  closed(held: Held): void {
    if (!this.#has(held)) return; // by us
    if (held.attempt !== undefined) this.#giveUp(held.attempt, 'reset');
    else this.#lost(held, this.#context.clock());
  }

  #begin(index: number, intended: number): void {
    const attempt = new Attempt(index, intended, this.#context.clock());
    this.#attempts.set(index, attempt);
    this.#dialer.dial(attempt, this.#targetOf(attempt));
  }

  /** From here on it is held, and the attempt is history. */
  #opened(attempt: Attempt, held: Held, now: number): void {
    attempt.stage = 'open';
    this.#attempts.delete(attempt.index);
    this.#upgrading--;
    this.tally.succeed(attempt, now);
    held.openedAt = now;
  }

  #lost(held: Held, now: number): void {
    this.tally.count(now, 'disconnected');
    this.#drop(held);
    this.#pacer.vacated(held.index, now, false);
  }

  #has(held: Held): boolean {
    return this.#held.get(held.index) === held;
  }

  /** One heartbeat is due. False when the socket has ended. */
  #beat(held: HeldSocket): boolean {
    if (!this.#has(held)) return false;
    const now = this.#context.clock();
    if (!held.ping(now)) this.tally.count(now, 'heartbeatsMissed');
    return true;
  }

  /** Ends what has not been answered yet. */
  #giveUp(attempt: Attempt, cause: FailureCause | undefined, what?: string | number): void {
    this.#upgrading--;
    if (cause === undefined) this.tally.count(attempt.intended, 'interrupted');
    else this.tally.fail(attempt, cause, what);
    attempt.stage = 'ended';
    this.#attempts.delete(attempt.index);
    const held = this.#held.get(attempt.index);
    if (held !== undefined) this.#drop(held);
    if (cause !== undefined) this.#pacer.vacated(attempt.index, this.#context.clock(), cause === 'response-timeout');
  }

  /** Ends an attempt that is no longer wanted. */
  #interrupt(attempt: Attempt): void {
    if (attempt.stage === 'connecting') this.#dialer.interrupt(attempt);
    else this.#giveUp(attempt, undefined);
  }

  #drop(held: Held): void {
    this.#endSession(held, this.#context.clock());
    this.#held.delete(held.index);
    this.tally.open--;
    held.destroy();
  }

  /** Times a session, once; one that was never open is none. */
  #endSession(held: Held, now: number): void {
    if (Number.isNaN(held.openedAt)) return;
    this.tally.time('session', now - held.openedAt);
    held.openedAt = Number.NaN;
  }

  #targetOf(attempt: Attempt): Endpoint {
    const { http } = this.#context.targets;
    return http[attempt.index % http.length] as Endpoint;
  }

  #pacerOf(flood: LongFlood, index: number): LongPacer {
    const { shape } = flood;
    const { agent, agents } = this.#context;
    if (!isHeld(shape)) {
      const pacer = pacerOf({ ...flood, shape }, index, this.#context, {
        begin: (arrival, intended) => this.#begin(arrival, intended),
        notStarted: (intended) => this.tally.count(intended, 'notStarted'),
      });
      return Object.assign(pacer, { vacated: () => {} }); // an arrival is opened once
    }
    return new LevelPacer(
      {
        levelAt: (seconds) => levelAt(shape, seconds),
        startTimeSeconds: flood.startTimeSeconds,
        lastsSeconds: shapeSeconds(shape),
        connectTimeoutSeconds: flood.connectTimeoutSeconds,
        agent,
        agents,
      },
      {
        fill: (slot, intended) => this.#begin(slot, intended),
        notStarted: (intended) => this.tally.count(intended, 'notStarted'),
        empty: (slot) => {
          const attempt = this.#attempts.get(slot);
          const held = this.#held.get(slot);
          if (attempt !== undefined) this.#interrupt(attempt);
          else if (held !== undefined) this.#drop(held);
        },
      },
    );
  }
}

/** What decides when connections are opened: the two pacers, as far as a long flood needs them. */
interface LongPacer {
  readonly scheduled: boolean;
  readonly nextAt: number;
  tick(now: number): void;
  stop(now: number): void;
  vacated(index: number, now: number, silent: boolean): void;
}

function isUpgraded(attempt: Attempt): boolean {
  return attempt.stage !== 'exchanging';
}
