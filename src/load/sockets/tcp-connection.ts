import type { Socket } from 'node:net';

/** Where a connection goes, by numeric address. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  /** Local address to bind, with a local port; the kernel picks one when absent. */
  readonly localAddress?: string;
  /** Local port to bind; the kernel picks one when absent. */
  readonly localPort?: number;
}

/** One TCP connection, from connect(2) on. */
export interface TcpConnection {
  /**
   * Asks the kernel whether the handshake is complete, also when its event has not been delivered yet: getpeername(2) fails
   * with ENOTCONN in SYN_SENT (inet_getname in net/ipv4/af_inet.c).
   */
  isUp(): boolean;
  /** The connection as a Node socket, once it is up. The caller listens for its errors. */
  socket(): Socket;
  /**
   * Hands over what comes, once it is up; a chunk is valid during the call only. Calls `ended`, once, when the other side closes
   * or the connection breaks, then with the errno's name (but a RST on the heels of data looks to libuv like an end); the wire
   * is closed then. Another call replaces both.
   */
  receive(data: (chunk: Buffer) => void, ended: (errno: string | undefined) => void): void;
  /** Sends `text`, one byte a character (Latin-1), or bytes, which must not change afterwards. Once it is up. */
  send(data: string | Uint8Array): void;
  /** Takes no more notice of the other side, even when it closes: the connection stays open on this side until `close`. */
  keep(): void;
  /** A FIN leaves behind what was sent; the other side may go on. */
  end(): void;
  /** close(2): a FIN leaves, or nothing when the SYN is still unanswered. Safe to call twice. */
  close(): void;
  /** A RST leaves. */
  reset(): void;
}

/** Told once how connect(2) ended: the errno's name, or undefined when the connection is up. Never after `close`. */
export type Connected = (errno: string | undefined) => void;
