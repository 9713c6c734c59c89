import type { DatagramTargets } from '../../model/input/lab.ts';
import { portsIn } from '../../model/input/lab.ts';
import { errnoOf } from '../../platform/errors.ts';
import type { DatagramSocket } from '../sockets/datagram-socket.ts';

/** Opens one more source port; throws when there is none. */
export type OpenSource = () => DatagramSocket;

/**
 * Sends every datagram from another source port or to another destination, so that each is a flow of its own: no pair comes
 * back as long as this lives. A few source ports go round all destinations, then as many more are opened. Used ones stay
 * open: the kernel would give out their ports again, while entries of theirs may live. Or it goes round a number of flows.
 */
export class UdpTuples {
  readonly #targets: DatagramTargets;
  readonly #open: OpenSource;
  readonly #abreast: number;
  readonly #perSource: number;
  readonly #flows: number;
  readonly #sources: DatagramSocket[] = [];
  /** Those in use now. */
  #current: readonly DatagramSocket[] = [];
  /** Flows that the current sources have made. */
  #used = 0;

  /**
   * @param abreast source ports in use at once, each with a receive buffer of its own for answers
   * @param flows after so many, the first comes again
   */
  constructor(targets: DatagramTargets, abreast: number, open: OpenSource, flows = Number.POSITIVE_INFINITY) {
    this.#targets = targets;
    this.#abreast = abreast;
    this.#open = open;
    this.#flows = flows;
    this.#perSource = targets.addresses.length * portsIn(targets.ports);
  }

  /** Sends `bytes` as the next flow, the first again after `flows`. Returns the errno's name when the kernel refused it or there is no source port left. */
  send(bytes: Uint8Array, flows = this.#flows): string | undefined {
    if (this.#used >= flows) this.#used = 0;
    if (this.#used >= this.#perSource * this.#current.length) {
      const errno = this.#renew();
      if (errno !== undefined) return errno;
    }
    const { addresses, ports } = this.#targets;
    const sources = this.#current.length;
    const source = this.#current[this.#used % sources] as DatagramSocket;
    const place = Math.floor(this.#used++ / sources);
    const address = addresses[place % addresses.length] as string;
    return source.send(bytes, ports.first + Math.floor(place / addresses.length), address);
  }

  close(): void {
    for (const source of this.#sources.splice(0)) source.close();
    this.#current = [];
    this.#used = 0;
  }

  #renew(): string | undefined {
    const opened: DatagramSocket[] = [];
    try {
      while (opened.length < this.#abreast) opened.push(this.#open());
    } catch (error) {
      if (opened.length === 0) return errnoOf(error) ?? 'unknown';
    }
    this.#sources.push(...opened);
    this.#current = opened;
    this.#used = 0;
    return undefined;
  }
}
