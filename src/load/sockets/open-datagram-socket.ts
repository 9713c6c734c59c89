import type { DatagramSocket } from './datagram-socket.ts';
import { openDgramSocket } from './dgram-socket.ts';
import { rawDatagramSockets } from './raw-datagram-socket.ts';

/**
 * Binds a socket to a local address; port 0 lets the kernel choose.
 * @throws {NodeJS.ErrnoException} when socket(2) or bind(2) fails.
 *
 * A bare libuv handle where Node gives access to it, else a dgram socket, whose sends look up the address, however numeric,
 * and make a request each.
 */
export const openDatagramSocket: (address: string, port: number) => DatagramSocket = rawDatagramSockets() ?? openDgramSocket;
