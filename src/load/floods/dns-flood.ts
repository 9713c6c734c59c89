import type { Socket } from 'node:dgram';
import { anyFor, familiesOf } from '../../model/input/address-family.ts';
import { type Endpoint, portsIn } from '../../model/input/lab.ts';
import type { DnsFlood } from '../../model/input/scenario.ts';
import { errnoOf } from '../../platform/errors.ts';
import { answered, queryOf, type RecordType } from '../dns/message.ts';
import type { ArrivalPacer } from '../pacing/arrival-pacer.ts';
import { DeadlineQueue } from '../pacing/deadline-queue.ts';
import { openSharedPort } from '../sockets/shared-port.ts';
import { causeOfErrno } from '../tally/failure.ts';
import { FloodCounters } from '../tally/flood-counters.ts';
import { pacerOf } from './arrivals.ts';
import type { AgentContext, RunningFlood } from './flood.ts';

/**
 * Seconds before its queries are sent at which both processes open the socket of a lookup: a process that is later than that finds its
 * answers gone to the other one.
 */
const AHEAD = 0.5;
/** Seconds before that from which on both watch the clock without a pause, so that they send at the same moment. */
const WATCHED = 0.002;
/** Seconds for which the second process keeps its socket. */
const KEPT = 1;

interface Lookup {
  readonly number: number;
  readonly intended: number;
  /** The service that it asks. */
  readonly to: Endpoint;
  readonly socket: Socket;
  /** When the first query went out; NaN before. */
  started: number;
  readonly missing: Set<RecordType>;
}

/**
 * A and AAAA of a name, two queries of one flow at the same moment: two processes, each on a core of its own, have the same port and
 * send one each. One agent of a pair counts and gets both answers, the other only sends; an agent alone sends both.
 */
export class RunningDnsFlood implements RunningFlood {
  readonly tally: FloodCounters;
  readonly #context: AgentContext;
  readonly #pacer: ArrivalPacer;
  readonly #services: readonly Endpoint[];
  /** Families that the services have, in turn. */
  readonly #families: number;
  readonly #asks: readonly RecordType[];
  readonly #counts: boolean;
  /** Floods of this kind share the ports: each takes the next in turn. */
  readonly #sharing: { readonly floods: number; readonly place: number };
  readonly #due: Lookup[] = [];
  readonly #waiting: DeadlineQueue<Lookup>;
  /** Those that wait for an answer. */
  #open = 0;

  constructor(flood: DnsFlood, index: number, context: AgentContext) {
    const { agent, agents, floods, targets } = context;
    const alike = floods.filter(({ kind }) => kind === 'dns');
    this.#sharing = {
      floods: Math.max(1, alike.length),
      place: Math.max(
        0,
        alike.findIndex(({ name }) => name === flood.name),
      ),
    };
    this.#context = context;
    this.#services = targets.dns ?? [];
    this.#families = familiesOf(this.#services);
    this.tally = new FloodCounters(flood.name);
    const pairs = Math.max(1, Math.floor(agents / 2));
    const pair = Math.floor(agent / 2);
    this.#counts = agent % 2 === 0;
    this.#asks = agents === 1 ? ['A', 'AAAA'] : [this.#counts ? 'A' : 'AAAA'];
    this.#waiting = new DeadlineQueue(this.#counts ? flood.responseTimeoutSeconds : KEPT);
    const ahead = { ...context, agent: pair, agents: pairs, clock: () => context.clock() + AHEAD };
    this.#pacer = pacerOf(flood, index, ahead, {
      begin: (number, intended) => this.#prepare(number, intended),
      notStarted: (intended) => this.#counts && this.tally.count(intended, 'notStarted'),
    });
    if (pair >= pairs) this.#pacer.stop(Number.NEGATIVE_INFINITY); // one without a partner
  }

  get nextAt(): number {
    const sends = (this.#due[0]?.intended ?? Number.POSITIVE_INFINITY) - WATCHED;
    return Math.min(this.#pacer.nextAt - AHEAD, sends, this.#waiting.nextAt);
  }

  get scheduled(): boolean {
    return this.#pacer.scheduled || this.#due.length > 0;
  }

  get inFlight(): boolean {
    return this.#open > 0;
  }

  tick(now: number): void {
    this.#pacer.tick();
    // Only what is due now: at 500 lookups per second the next is always near, and sockets have to be opened and read between them.
    const until = this.#context.clock() + WATCHED;
    for (let lookup = this.#due[0]; lookup !== undefined && lookup.intended <= until; [lookup] = this.#due) {
      this.#due.shift();
      this.#send(lookup);
    }
    for (let lookup = this.#waiting.take(now); lookup !== undefined; lookup = this.#waiting.take(now)) {
      if (!this.#counts) lookup.socket.close();
      else if (lookup.missing.size > 0) this.#end(lookup, () => this.tally.fail(lookup, 'response-timeout'));
    }
  }

  stop(now: number): void {
    this.#pacer.stop(now + AHEAD);
    for (const { socket, intended } of this.#due.splice(0)) {
      socket.close();
      if (this.#counts) this.tally.count(intended, 'notStarted');
    }
  }

  close(now: number): void {
    this.stop(now);
    for (const lookup of this.#waiting) {
      if (!this.#counts) lookup.socket.close();
      else if (lookup.missing.size > 0) this.#end(lookup, () => this.tally.count(lookup.intended, 'interrupted'));
    }
    while (this.#waiting.take(Number.POSITIVE_INFINITY) !== undefined);
  }

  #prepare(number: number, intended: number): void {
    const { port, to } = this.#flowOf(number);
    try {
      const socket = openSharedPort(anyFor(to.address), port, this.#counts ? to : undefined);
      const lookup = { number, intended, to, socket, started: Number.NaN, missing: new Set<RecordType>(['A', 'AAAA']) };
      if (this.#counts) socket.on('message', (bytes) => this.#answered(lookup, bytes));
      this.#due.push(lookup);
    } catch (error) {
      if (!this.#counts) return;
      const errno = errnoOf(error) ?? 'unknown';
      this.tally.count(intended, 'attempted');
      this.tally.fail({ intended }, causeOfErrno(errno), errno);
    }
  }

  /** Both processes find the same: families in turn, and once all ports have been at a service, the next service. */
  #flowOf(number: number): { readonly port: number; readonly to: Endpoint } {
    const { stalePorts } = this.#context.targets;
    const ports = portsIn(stalePorts);
    const { floods, place } = this.#sharing;
    const turn = Math.floor(number / this.#families) * floods + place;
    const service = (Math.floor(turn / ports) * this.#families + (number % this.#families)) % this.#services.length;
    return { port: stalePorts.first + (turn % ports), to: this.#services[service] ?? { address: '127.0.0.1', port: 53 } };
  }

  /** At the moment at which the other process sends. */
  #send(lookup: Lookup): void {
    const { clock } = this.#context;
    const { number, intended, to, socket } = lookup;
    const name = `lookup-${number}.ctload.test`;
    const queries = this.#asks.map((type) => queryOf(number % 0x1_00_00, name, type));
    let now = clock();
    while (now < intended) now = clock();
    for (const query of queries) {
      if (this.#counts) socket.send(query, ignore);
      else socket.send(query, to.port, to.address, ignore);
    }
    lookup.started = now;
    this.#waiting.push(lookup, clock());
    if (!this.#counts) return;
    this.#open++;
    this.tally.count(intended, 'attempted');
    this.tally.time('schedule_lag', Math.max(0, now - intended));
  }

  #answered(lookup: Lookup, bytes: Buffer): void {
    const answer = answered(bytes);
    if (answer?.id !== lookup.number % 0x1_00_00 || !lookup.missing.delete(answer.type) || lookup.missing.size > 0) return;
    const now = this.#context.clock();
    this.tally.time('waiting', now - lookup.started);
    this.#end(lookup, () => this.tally.succeed(lookup, now));
  }

  #end(lookup: Lookup, count: () => void): void {
    this.#open--;
    lookup.missing.clear();
    lookup.socket.close();
    count();
  }
}

function ignore(): void {}
