import { createSocket, type Socket } from 'node:dgram';
import { isIpv6 } from '../../model/input/address-family.ts';
import type { Endpoint } from '../../model/input/lab.ts';

/**
 * A UDP socket at a port that another process has as well (SO_REUSEADDR), so that the datagrams of both are one flow. With `to` it is
 * connected: then it gets all the answers, as a connected socket goes before one that is not (compute_score, net/ipv4/udp.c).
 * @throws {NodeJS.ErrnoException} when bind(2) or connect(2) fails.
 */
export function openSharedPort(address: string, port: number, to?: Endpoint): Socket {
  // Addresses are numeric: with a lookup that answers at once, system calls are made before dgram's methods return.
  const [type, family] = isIpv6(address) ? (['udp6', 6] as const) : (['udp4', 4] as const);
  const lookup = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void) =>
    done(null, host, family);
  const socket = createSocket({ type, reuseAddr: true, lookup, ...(family === 6 ? { ipv6Only: true } : {}) });
  let failure: Error | undefined;
  socket.on('error', (error) => {
    failure ??= error;
  });
  socket.bind(port, address);
  if (failure === undefined && to !== undefined) socket.connect(to.port, to.address);
  if (failure === undefined) return socket;
  socket.close();
  throw failure;
}
