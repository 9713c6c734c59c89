import { familyOf } from '../../../model/input/address-family.ts';
import type { IcmpFlood } from '../../../model/input/scenario.ts';
import { type Echo, EchoSocket } from '../../sockets/echo-sockets.ts';
import type { AgentContext, RunningFlood } from '../flood.ts';
import { type DatagramSender, RunningDatagramFlood } from '../udp-flood.ts';

/** Identifiers of echo requests to one address, from 1 on: a reply of zeros alone is not in the client's IcmpInEchoReps (6.18). */
const IDENTIFIERS = 65_535;

/** Echo requests as separate runs of ping make them: each has an identifier of its own, and so an entry of its own. */
export function runEchoFlood(flood: IcmpFlood, index: number, context: AgentContext): RunningFlood {
  return new RunningDatagramFlood({ ...flood, reply: true }, index, context, (answered) => ({
    senders: [new EchoSender(index, context, answered)],
    flowsAt: () => Number.POSITIVE_INFINITY,
  }));
}

/** Goes round the addresses with one identifier, then with the next; agents and floods share the identifiers. */
class EchoSender implements DatagramSender {
  readonly #addresses: readonly string[];
  /** Number of this flow among those of all agents and floods. */
  #number: number;
  readonly #step: number;
  /** Which agent's and flood's it is: every agent gets the replies to all. */
  readonly #sequence: number;
  readonly #sockets: ReadonlyMap<string, EchoSocket>;
  readonly #listener: (reply: Echo) => void;

  constructor(index: number, { targets, floods, agent, agents }: AgentContext, answered: (payload: Buffer) => void) {
    this.#addresses = targets.echo ?? [];
    const echoes = floods.filter(({ kind }) => kind === 'icmp');
    const place = echoes.indexOf(floods[index] as (typeof echoes)[number]);
    this.#sequence = place * agents + agent;
    this.#number = this.#sequence;
    this.#step = echoes.length * agents;
    this.#sockets = new Map([...new Set(this.#addresses.map(familyOf))].map((family) => [family, EchoSocket.of(family)]));
    this.#listener = ({ sequence, payload }) => {
      if (sequence === this.#sequence) answered(Buffer.from(payload));
    };
    for (const socket of this.#sockets.values()) socket.listen(this.#listener);
  }

  send(payload: Uint8Array): string | undefined {
    const many = this.#addresses.length;
    const address = this.#addresses[this.#number % many] ?? '';
    const identifier = 1 + (Math.floor(this.#number / many) % IDENTIFIERS);
    this.#number += this.#step;
    return this.#sockets.get(familyOf(address))?.send({ identifier, sequence: this.#sequence, payload }, address);
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.unlisten(this.#listener);
  }
}
