import type { Endpoint } from '../../model/input/lab.ts';
import { Delayed } from '../pacing/delayed.ts';
import type { DatagramSocket } from '../sockets/datagram-socket.ts';
import { openDatagramSocket } from '../sockets/open-datagram-socket.ts';

interface Answer {
  readonly socket: DatagramSocket;
  readonly bytes: Buffer;
  readonly port: number;
  readonly address: string;
}

/**
 * Sends every datagram that comes to one of `endpoints` back to where it came from, after `delaySeconds`.
 * @throws {NodeJS.ErrnoException} when an endpoint cannot be bound.
 */
export function answerDatagrams(endpoints: readonly Endpoint[], delaySeconds: number): void {
  const reply = ({ socket, bytes, port, address }: Answer) => socket.send(bytes, port, address);
  const held = new Delayed(delaySeconds, reply);
  for (const { address, port } of endpoints) {
    const socket = openDatagramSocket(address, port);
    socket.receive((bytes, toPort, toAddress) => {
      if (delaySeconds === 0) socket.send(bytes, toPort, toAddress);
      else held.add({ socket, bytes, port: toPort, address: toAddress });
    });
  }
}
