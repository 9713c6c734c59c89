import { openDgramSocket } from './dgram-socket.ts';
import { rawDatagramSockets } from './raw-datagram-socket.ts';

/** `bytes` are the listener's to keep. */
export type DatagramListener = (bytes: Buffer, port: number, address: string) => void;

/** A UDP socket over IPv4. */
export interface DatagramSocket {
  /**
   * Sends `bytes`, which may change afterwards. Returns the errno's name when the kernel refused them; what it could not take
   * at once (a full send buffer) follows when it can.
   */
  send(bytes: Uint8Array, port: number, address: string): string | undefined;
  /** Hands over what comes. */
  receive(listener: DatagramListener): void;
  close(): void;
}

/**
 * Binds a socket to a local address; port 0 lets the kernel choose.
 * @throws {NodeJS.ErrnoException} when socket(2) or bind(2) fails.
 *
 * A bare libuv handle where Node gives access to it, else a dgram socket, whose sends look up the address, however numeric,
 * and make a request each.
 */
export const openDatagramSocket: (address: string, port: number) => DatagramSocket = rawDatagramSockets() ?? openDgramSocket;
