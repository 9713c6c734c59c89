import { anyFor, eachFamily } from '../../model/input/address-family.ts';
import type { UdpFlood } from '../../model/input/scenario.ts';
import { sourceRange } from '../../model/input/sources.ts';
import type { ArrivalPacer } from '../pacing/arrival-pacer.ts';
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

/**
 * One datagram each, every one a flow of its own, or the next of some. Without `reply` an attempt succeeds when its datagram is out: whether the
 * gateway took it only the backend's kernel can tell, which counts what arrives. With `reply` it succeeds when the answer
 * comes, known by the number in its first bytes.
 */
export class RunningUdpFlood implements RunningFlood {
  readonly tally: FloodCounters;
  readonly #context: AgentContext;
  readonly #pacer: ArrivalPacer;
  /** Of each family, in turn. */
  readonly #tuples: readonly UdpTuples[];
  #turn: number;
  readonly #payload: Buffer;
  /** Undefined when nobody answers. */
  readonly #pending: PendingReplies | undefined;
  #givingUp = false;

  constructor(flood: UdpFlood, index: number, context: AgentContext) {
    const { reply, payloadSize, responseTimeoutSeconds = 0 } = flood;
    const { answered, unanswered } = context.targets.udp;
    this.#context = context;
    this.tally = new FloodCounters(flood.name);
    this.#payload = Buffer.alloc(payloadSize);
    this.#pending = reply ? new PendingReplies(responseTimeoutSeconds) : undefined;
    const range = flood.sources === undefined ? undefined : sourceRange(flood.sources);
    const usual = reply ? SOURCES_FOR_REPLIES : 1;
    const abreast = Math.max(usual, Math.min(range?.size ?? 0, MOST_ABREAST));
    let next = context.agent;
    const open = (any: string) => {
      const socket = openDatagramSocket(range?.at(next) ?? any, 0);
      next += context.agents;
      if (reply) socket.receive((bytes) => this.#answered(bytes));
      return socket;
    };
    const families = eachFamily(reply ? answered : unanswered);
    const flows = flowsOf(flood, context);
    this.#turn = context.agent;
    this.#tuples = families.slice(0, flows).map((targets, i) => {
      const any = anyFor(targets.addresses[0] ?? '');
      return new UdpTuples(targets, abreast, () => open(any), Math.ceil((flows - i) / families.length));
    });
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
    for (const tuples of this.#tuples) tuples.close();
  }

  #begin(intended: number): void {
    const { clock } = this.#context;
    const asked = { intended, started: clock() };
    this.tally.count(intended, 'attempted');
    this.tally.time('schedule_lag', Math.max(0, asked.started - intended));
    const number = this.#pending?.add(intended, asked.started);
    if (number !== undefined) this.#payload.writeUIntBE(number, 0, NUMBER_BYTES);
    const errno = this.#tuples[this.#turn++ % this.#tuples.length]?.send(this.#payload);
    if (errno !== undefined) {
      if (number !== undefined) this.#pending?.take(number);
      this.tally.fail(asked, causeOfErrno(errno), errno);
    } else if (number === undefined) {
      this.tally.count(intended, 'succeeded'); // there is no duration where nothing is waited for
    }
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
function flowsOf({ flows }: UdpFlood, { agent, agents }: AgentContext): number {
  if (flows === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.floor(flows / agents) + (agent < flows % agents ? 1 : 0));
}
