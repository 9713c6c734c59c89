import { levelAt } from '../model/arrivals.ts';
import type { FailureCause } from '../model/attempt.ts';
import type { Endpoint } from '../model/lab.ts';
import { type LongFlood, shapeSeconds } from '../model/scenario.ts';
import { pacerOf } from './arrivals.ts';
import { Attempt } from './attempt.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import { Dialer, type DialListener } from './dialer.ts';
import { causeOfError, causeOfStatus } from './failure.ts';
import type { AgentContext, RunningFlood } from './flood.ts';
import { HeldConnection } from './held-connection.ts';
import { type Held, HeldSocket, type HoldListener } from './held-socket.ts';
import { LevelPacer } from './level-pacer.ts';
import { isHeld } from './plan.ts';
import { Tally } from './tally.ts';
import type { Wire } from './wire.ts';

/** WebSockets, with heartbeats, or bare connections, without, that are opened and held. */
export class RunningLongFlood implements RunningFlood, DialListener, HoldListener {
  readonly tally: Tally;
  readonly #context: AgentContext;
  readonly #protocol: LongFlood['protocol'];
  readonly #pacer: LongPacer;
  readonly #dialer: Dialer;
  readonly #upgrades: DeadlineQueue<Attempt>;
  readonly #heartbeats: DeadlineQueue<HeldSocket>;
  /** By slot or arrival number: all that connect, upgrade or are held. */
  readonly #attempts = new Map<number, Attempt>();
  readonly #sockets = new Map<number, Held>();
  #upgrading = 0;

  constructor(flood: LongFlood, index: number, context: AgentContext) {
    this.#context = context;
    this.#protocol = flood.protocol;
    this.tally = new Tally(flood.name);
    this.#dialer = new Dialer(this.tally, context, flood.connectTimeoutSeconds, this);
    this.#upgrades = new DeadlineQueue(flood.connectTimeoutSeconds); // an upgrade may take as long as a connect
    this.#heartbeats = new DeadlineQueue(flood.heartbeatSeconds);
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
    for (let held = this.#heartbeats.take(now); held !== undefined; held = this.#heartbeats.take(now)) {
      if (held.attempt.stage !== 'open') continue;
      if (!held.ping(now)) this.tally.count(now, 'heartbeatsMissed');
      this.#heartbeats.push(held, now);
    }
  }

  stop(now: number): void {
    this.#pacer.stop(now);
  }

  settle(now: number): void {
    for (const held of this.#sockets.values()) this.#endSession(held, now);
  }

  close(now: number): void {
    this.#pacer.stop(now);
    for (const attempt of [...this.#attempts.values()]) this.#release(attempt);
  }

  connected(attempt: Attempt, wire: Wire): void {
    this.tally.open++;
    this.#upgrading++;
    attempt.wire = undefined; // what is held owns it now
    if (this.#protocol === 'tcp') {
      const held = new HeldConnection(attempt, wire, this);
      this.#sockets.set(attempt.index, held);
      this.#opened(held, attempt.connectedAt);
    } else {
      this.#upgrades.push(attempt, attempt.connectedAt);
      const socket = wire.socket().setNoDelay(true);
      this.#sockets.set(attempt.index, new HeldSocket(attempt, socket, this.#targetOf(attempt), this));
    }
  }

  notConnected(attempt: Attempt, cause: FailureCause | undefined): void {
    this.#attempts.delete(attempt.index);
    if (cause !== undefined) this.#pacer.vacated(attempt.index, this.#context.clock(), cause === 'connect-timeout');
  }

  upgraded(held: HeldSocket): void {
    const { attempt } = held;
    if (attempt.stage !== 'exchanging') return;
    const now = this.#context.clock();
    this.tally.time('waiting', now - attempt.connectedAt);
    this.#opened(held, now);
    held.listenForPongs(this.tally, this.#context.clock);
    this.#heartbeats.push(held, now);
  }

  refused(held: HeldSocket, reason: { readonly status: number } | { readonly error: Error }): void {
    const { attempt } = held;
    if (attempt.stage !== 'exchanging') return; // an open socket's error is followed by its close
    this.#giveUp(attempt, 'status' in reason ? (causeOfStatus(reason.status) ?? 'other') : causeOfError(reason.error));
  }

  closed(held: Held): void {
    const { attempt } = held;
    if (attempt.stage === 'exchanging') this.#giveUp(attempt, 'reset');
    if (attempt.stage !== 'open') return; // closed by us
    const now = this.#context.clock();
    this.tally.count(now, 'disconnected');
    this.#endSession(held, now);
    this.#forget(attempt);
    this.#pacer.vacated(attempt.index, now, false);
  }

  #begin(index: number, intended: number): void {
    const attempt = new Attempt(index, intended, this.#context.clock());
    this.#attempts.set(index, attempt);
    this.#dialer.dial(attempt, this.#targetOf(attempt));
  }

  /** From here on it is held. */
  #opened(held: Held, now: number): void {
    held.attempt.stage = 'open';
    this.#upgrading--;
    this.tally.succeed(held.attempt, now);
    held.openedAt = now;
  }

  /** Ends what has not been answered yet. */
  #giveUp(attempt: Attempt, cause: FailureCause | undefined): void {
    this.#upgrading--;
    if (cause === undefined) this.tally.count(attempt.intended, 'interrupted');
    else this.tally.fail(attempt, cause);
    this.#forget(attempt)?.destroy();
    if (cause !== undefined) this.#pacer.vacated(attempt.index, this.#context.clock(), cause === 'response-timeout');
  }

  /** Closes an attempt that is no longer wanted, in whatever stage it is. */
  #release(attempt: Attempt): void {
    if (attempt.stage === 'connecting') this.#dialer.interrupt(attempt);
    else if (attempt.stage === 'exchanging') this.#giveUp(attempt, undefined);
    else {
      const held = this.#forget(attempt);
      if (held !== undefined) this.#endSession(held, this.#context.clock());
      held?.destroy();
    }
  }

  /** Times a session, once; one that was never open is none. */
  #endSession(held: Held, now: number): void {
    if (Number.isNaN(held.openedAt)) return;
    this.tally.time('session', now - held.openedAt);
    held.openedAt = Number.NaN;
  }

  #forget(attempt: Attempt): Held | undefined {
    attempt.stage = 'ended';
    const held = this.#sockets.get(attempt.index);
    this.#attempts.delete(attempt.index);
    if (this.#sockets.delete(attempt.index)) this.tally.open--;
    return held;
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
        empty: (slot) => {
          const attempt = this.#attempts.get(slot);
          if (attempt !== undefined) this.#release(attempt);
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
