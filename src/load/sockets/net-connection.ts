import { connect, createServer, type Socket } from 'node:net';
import type { Endpoint } from '../../model/input/lab.ts';
import { errnoOf } from '../../platform/errors.ts';
import type { Accepted, Listener } from './listener.ts';
import type { Connected, Destination, TcpConnection } from './tcp-connection.ts';

/** The part of a socket's handle that Node does not document. */
interface Handle {
  getpeername?(out: object): number;
}

/** A connection by way of net.Socket, which every Node has. */
export function connectByNet({ address, ...rest }: Destination, connected: Connected): TcpConnection {
  return new NetWire(connect({ host: address, ...rest }), connected);
}

/** Accepts by way of net.Server. */
export function listenNet({ address, port }: Endpoint, backlog: number, accepted: Accepted): Promise<Listener> {
  const server = createServer((socket) => accepted(new NetWire(socket.on('error', ignore).setNoDelay(true))));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, backlog }, () => {
      server.off('error', reject);
      const bound = server.address();
      const endpoint = { address, port: typeof bound === 'object' && bound !== null ? bound.port : port };
      resolve({ endpoint, close: () => server.close() });
    });
  });
}

class NetWire implements TcpConnection {
  readonly #socket: Socket;
  #closed = false;

  constructor(socket: Socket, connected: Connected = ignore) {
    this.#socket = socket;
    const onError = (error: Error) => {
      if (!this.#closed) connected(errnoOf(error) ?? 'unknown');
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      if (!this.#closed) connected(undefined);
    });
  }

  /** Node's public `remoteAddress` does not ask the kernel while it believes the socket to be connecting. */
  isUp(): boolean {
    return (this.#socket as { _handle?: Handle | null })._handle?.getpeername?.({}) === 0;
  }

  socket(): Socket {
    return this.#socket;
  }

  receive(data: (chunk: Buffer) => void, ended: (errno: string | undefined) => void): void {
    let errno: string | undefined;
    this.#socket
      .removeAllListeners('data')
      .removeAllListeners('close')
      .removeAllListeners('error')
      .on('error', (error) => {
        errno = errnoOf(error) ?? 'unknown'; // its close follows
      })
      .on('data', (chunk) => {
        if (!this.#closed) data(chunk);
      })
      .on('close', () => {
        if (!this.#closed) ended(errno);
      });
  }

  send(data: string | Uint8Array): void {
    if (typeof data === 'string') this.#socket.write(data, 'latin1');
    else this.#socket.write(data);
  }

  keep(): void {
    this.#socket.pause();
  }

  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#closed = true;
    this.#socket.on('error', ignore).destroy();
  }

  reset(): void {
    this.#closed = true;
    this.#socket.on('error', ignore).resetAndDestroy();
  }
}

function ignore(): void {}
