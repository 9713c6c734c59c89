import { anyFor, eachFamily } from '../../model/input/address-family.ts';
import { datagramsOf, levelAt } from '../../model/input/arrivals.ts';
import type { ArrivalExecutor } from '../../model/input/floods/shape.ts';
import { portsIn } from '../../model/input/lab.ts';
import { loadSeconds, type UdpFlood } from '../../model/input/scenario.ts';
import { sourceRange } from '../../model/input/sources.ts';
import type { ArrivalPacer } from '../pacing/arrival-pacer.ts';
import { isHeld, peakLevel } from '../sizing/process-plan.ts';
import { openDatagramSocket } from '../sockets/open-datagram-socket.ts';
import { causeOfErrno } from '../tally/failure.ts';
import { FloodCounters } from '../tally/flood-counters.ts';
import { pacerOf } from './arrivals.ts';
import type { AgentContext, RunningFlood } from './flood.ts';
import { type Asked, PendingReplies } from './pending-replies.ts';
import { UdpTuples } from './udp-tuples.ts';

/** Source ports abreast where answers come back: a receive buffer of the usual size holds less than 300 small datagrams. */
const SOURCES_FOR_REPLIES = 16;

/** Addresses of a flood's own that an agent has in use at once: each takes a socket. */
const MOST_ABREAST = 256;

const NUMBER_BYTES = 6;

/** What sends the datagrams of a flood, each as a flow of its own or the next of some. */
export interface DatagramSender {
  /** Sends the next datagram, of one of `flows`. Returns the errno's name when the kernel refused it. */
  send(bytes: Uint8Array, flows: number): string | undefined;
  close(): void;
}

/** What a flood says of its datagrams. */
type Datagrams = Pick<UdpFlood, 'name' | 'arrival' | 'startTimeSeconds' | 'payloadSize' | 'reply' | 'responseTimeoutSeconds'> & {
  /** When they are sent. */
  readonly shape: ArrivalExecutor;
};

/** How its datagrams are sent. */
interface Sending {
  /** They take turns. */
  readonly senders: readonly DatagramSender[];
  /** This agent's part of the flows that go on at a time, seconds since the epoch; Infinity when none do. */
  flowsAt(seconds: number): number;
}

/** Datagrams of UDP, over each family that the targets have in turn. */
export function runUdpFlood(flood: UdpFlood, index: number, context: AgentContext): RunningFlood {
  const { reply } = flood;
  const { answered, unanswered } = context.targets.udp;
  const range = flood.sources === undefined ? undefined : sourceRange(flood.sources);
  const usual = reply ? SOURCES_FOR_REPLIES : 1;
  const families = eachFamily(reply ? answered : unanswered);
  const destinations = Math.min(...families.map(({ addresses, ports }) => addresses.length * portsIn(ports)));
  const kept = Math.ceil(mostFlows(flood, context) / families.length / destinations);
  const abreast = Math.max(usual, kept, Math.min(range?.size ?? 0, MOST_ABREAST));
  const lasts = loadSeconds(context.floods) - flood.startTimeSeconds;
  return new RunningDatagramFlood({ ...flood, shape: datagramsOf(flood, lasts) }, index, context, (receive) => {
    let next = context.agent;
    const open = (any: string) => {
      const socket = openDatagramSocket(range?.at(next) ?? any, 0);
      next += context.agents;
      if (reply) socket.receive(receive);
      return socket;
    };
    const senders = families.map((targets) => {
      const any = anyFor(targets.addresses[0] ?? '');
      return new UdpTuples(targets, abreast, () => open(any));
    });
    return { senders, flowsAt: flowsOf(flood, context) };
  });
}

/**
 * One datagram each, every one a flow of its own, or the next of some. Without `reply` an attempt succeeds when its datagram is out: whether the
 * gateway took it only the backend's kernel can tell, which counts what arrives. With `reply` it succeeds when the answer
 * comes, known by the number in its first bytes.
 */
export class RunningDatagramFlood implements RunningFlood {
  readonly tally: FloodCounters;
  readonly #context: AgentContext;
  readonly #pacer: ArrivalPacer;
  readonly #sending: Sending;
  #turn: number;
  readonly #payload: Buffer;
  /** Undefined when nobody answers. */
  readonly #pending: PendingReplies | undefined;
  #givingUp = false;

  constructor(flood: Datagrams, index: number, context: AgentContext, sending: (receive: (bytes: Buffer) => void) => Sending) {
    const { reply, payloadSize, responseTimeoutSeconds = 0 } = flood;
    this.#context = context;
    this.tally = new FloodCounters(flood.name);
    this.#payload = Buffer.alloc(payloadSize);
    this.#pending = reply ? new PendingReplies(responseTimeoutSeconds) : undefined;
    this.#turn = context.agent;
    this.#sending = sending((bytes) => this.#answered(bytes));
    this.#pacer = pacerOf(flood, index, context, {
      begin: (_, intended) => this.#begin(intended),
      notStarted: (intended) => this.tally.count(intended, 'notStarted'),
    });
  }

  get nextAt(): number {
    return Math.min(this.#pacer.nextAt, this.#givingUp ? Number.POSITIVE_INFINITY : (this.#pending?.nextAt ?? Infinity));
  }

  get scheduled(): boolean {
    return this.#pacer.scheduled;
  }

  get inFlight(): boolean {
    return this.#pending !== undefined && this.#pending.size > 0;
  }

  tick(now: number): void {
    this.#pacer.tick();
    if (this.#pending === undefined || this.#givingUp || this.#pending.nextAt > now) return;
    // After the next poll phase: an answer that is already there wins.
    this.#givingUp = true;
    setImmediate(() => {
      this.#givingUp = false;
      for (const asked of this.#overdue(now)) this.tally.fail(asked, 'response-timeout');
    });
  }

  stop(now: number): void {
    this.#pacer.stop(now);
  }

  close(now: number): void {
    this.#pacer.stop(now);
    for (const { intended } of this.#overdue(Number.POSITIVE_INFINITY)) this.tally.count(intended, 'interrupted');
    for (const sender of this.#sending.senders) sender.close();
  }

  #begin(intended: number): void {
    const { clock } = this.#context;
    const asked = { intended, started: clock() };
    this.tally.count(intended, 'attempted');
    this.tally.time('schedule_lag', Math.max(0, asked.started - intended));
    const number = this.#pending?.add(intended, asked.started);
    if (number !== undefined) this.#payload.writeUIntBE(number, 0, NUMBER_BYTES);
    const errno = this.#send(this.#sending.flowsAt(intended));
    if (errno !== undefined) {
      if (number !== undefined) this.#pending?.take(number);
      this.tally.fail(asked, causeOfErrno(errno), errno);
    } else if (number === undefined) {
      this.tally.count(intended, 'succeeded'); // there is no duration where nothing is waited for
    }
  }

  /** The next datagram, of one of so many flows. Returns the errno's name when there is none. */
  #send(flows: number): string | undefined {
    const { senders } = this.#sending;
    const families = Math.min(senders.length, flows);
    const family = this.#turn++ % families;
    return senders[family]?.send(this.#payload, Math.ceil((flows - family) / families));
  }

  #answered(bytes: Buffer): void {
    if (bytes.length < NUMBER_BYTES) return;
    const asked = this.#pending?.take(bytes.readUIntBE(0, NUMBER_BYTES));
    if (asked === undefined) return; // given up before
    const now = this.#context.clock();
    this.tally.time('waiting', now - asked.started);
    this.tally.succeed(asked, now);
  }

  *#overdue(now: number): IterableIterator<Asked> {
    for (let asked = this.#pending?.takeOverdue(now); asked !== undefined; asked = this.#pending?.takeOverdue(now)) yield asked;
  }
}

/** This agent's part of the flows that a flood goes round, at least one; Infinity when it does not. */
function flowsOf(flood: UdpFlood, { agent, agents }: AgentContext): (seconds: number) => number {
  const { flows = Number.POSITIVE_INFINITY, shape, startTimeSeconds } = flood;
  const part = (all: number) => Math.max(1, Math.floor(all / agents) + (agent < all % agents ? 1 : 0));
  if (isHeld(shape)) return (seconds) => part(Math.round(levelAt(shape, seconds - startTimeSeconds)));
  const own = Number.isFinite(flows) ? part(flows) : flows;
  return () => own;
}

/** Flows that this agent keeps at once at most; 0 when none go on. */
function mostFlows({ flows = 0, shape }: UdpFlood, { agents }: AgentContext): number {
  return Math.ceil((isHeld(shape) ? peakLevel(shape) : flows) / agents);
}
