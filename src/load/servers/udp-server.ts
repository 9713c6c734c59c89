import type { Endpoint } from '../../model/input/lab.ts';
import { answerTo } from '../dns/message.ts';
import { Delayed } from '../pacing/delayed.ts';
import type { DatagramSocket } from '../sockets/datagram-socket.ts';
import { openDatagramSocket } from '../sockets/open-datagram-socket.ts';

interface Answer {
  readonly socket: DatagramSocket;
  readonly bytes: Buffer;
  readonly port: number;
  readonly address: string;
}

/** Addresses of the names that lookups ask for, those that are meant for documentation (RFC 5737, RFC 3849). */
const NAMED = { A: '192.0.2.1', AAAA: '2001:db8::1' };

/** The answer to a DNS query; undefined for what is not one. */
export function answerQuery(bytes: Buffer): Buffer | undefined {
  return answerTo(bytes, NAMED);
}

/**
 * Sends every datagram that comes to one of `endpoints` back to where it came from, or what `answer` makes of
 * it, after `delaySeconds`.
 * @throws {NodeJS.ErrnoException} when an endpoint cannot be bound.
 */
export function answerDatagrams(
  endpoints: readonly Endpoint[],
  delaySeconds: number,
  answer: (bytes: Buffer) => Buffer | undefined = (bytes) => bytes,
): void {
  const reply = ({ socket, bytes, port, address }: Answer) => socket.send(bytes, port, address);
  const held = new Delayed(delaySeconds, reply);
  for (const { address, port } of endpoints) {
    const socket = openDatagramSocket(address, port);
    socket.receive((received, toPort, toAddress) => {
      const bytes = answer(received);
      if (bytes === undefined) return;
      if (delaySeconds === 0) socket.send(bytes, toPort, toAddress);
      else held.add({ socket, bytes, port: toPort, address: toAddress });
    });
  }
}
