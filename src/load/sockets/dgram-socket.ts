import { createSocket, type Socket } from 'node:dgram';
import { isIpv6 } from '../../model/input/address-family.ts';
import type { DatagramListener, DatagramSocket } from './datagram-socket.ts';

/** A socket by way of node:dgram, which every Node has. */
export function openDgramSocket(address: string, port: number): DatagramSocket {
  return new NodeDatagramSocket(address, port);
}

class NodeDatagramSocket implements DatagramSocket {
  readonly #socket: Socket;

  constructor(address: string, port: number) {
    // Addresses are numeric: with a lookup that answers at once, bind(2) and sendto(2) are called before dgram's methods return.
    const [type, family] = isIpv6(address) ? (['udp6', 6] as const) : (['udp4', 4] as const);
    this.#socket = createSocket({ type, lookup: (host, _options, done) => done(null, host, family) });
    let failure: Error | undefined;
    this.#socket.on('error', (error) => {
      failure ??= error;
    });
    this.#socket.bind(port, address);
    if (failure === undefined) return;
    this.#socket.close();
    throw failure;
  }

  /** An error comes too late to be told: such a datagram counts as lost on the way. */
  send(bytes: Uint8Array, port: number, address: string): undefined {
    this.#socket.send(bytes.slice(), port, address, ignore);
  }

  receive(listener: DatagramListener): void {
    this.#socket.on('message', (bytes, { port, address }) => listener(bytes, port, address));
  }

  close(): void {
    this.#socket.close();
  }
}

function ignore(): void {}
