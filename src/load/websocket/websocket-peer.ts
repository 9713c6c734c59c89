import type { Writable } from 'node:stream';
import * as ws from 'ws';
import type { TcpConnection } from '../sockets/tcp-connection.ts';

/** What ws exports beside what its types tell (ws/wrapper.mjs). */
interface Frames {
  readonly Receiver: new (options: { isServer: boolean; maxPayload: number; skipUTF8Validation?: boolean }) => Writable;
  readonly Sender: { frame(data: Buffer, options: FrameOptions): Buffer[] };
}

interface FrameOptions {
  readonly fin: boolean;
  readonly opcode: number;
  readonly mask: boolean;
  /** Whether `data` must stay as it is. */
  readonly readOnly: boolean;
  readonly rsv1: boolean;
}

const { Receiver, Sender } = ws as unknown as Frames;

const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FIN = 0x80;
const MASK = 0x80;
const NOTHING = Buffer.alloc(0);
/** What ws takes. */
const MOST_PAYLOAD = 100 * 2 ** 20;
/** Close codes (RFC 6455 §7.4.1) for what the receiver of ws objects to; 1002, protocol error, for all else. */
const CODE_OF: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};
const PROTOCOL_ERROR = 1002;
const NO_STATUS = 1005; // never on the wire

/** Which end: a client masks what it sends, a server must not (RFC 6455 §5.1). */
export type WebSocketRole = 'client' | 'server';

export interface EndListener {
  /** A pong came. */
  pong(): void;
  /** The other end closed, or broke the rules: the wire is closed. */
  closed(): void;
}

/**
 * One end of an open WebSocket that only answers: pings by pongs, a close by a close. Messages are read and dropped.
 *
 * Frames are those of ws, without its socket: of the 7.5 kB that one costs over a net.Socket, and 5.7 over the least
 * stream it works with, 2.1 are left (Node 20). A held socket sees empty pings and pongs only, and those need no parser; ws's is
 * made once anything else comes, and kept.
 */
export class WebSocketPeer {
  readonly #wire: TcpConnection;
  readonly #role: WebSocketRole;
  readonly #listener: EndListener;
  #receiver: Writable | undefined;

  constructor(wire: TcpConnection, role: WebSocketRole, listener: EndListener) {
    this.#wire = wire;
    this.#role = role;
    this.#listener = listener;
  }

  /** Takes what came; `chunk` may change after the call. */
  read(chunk: Buffer): void {
    if (this.#receiver === undefined) {
      if (this.#role === 'client' && isEmptyPong(chunk)) {
        this.#listener.pong();
        return;
      }
      if (this.#role === 'server' && isEmptyPing(chunk)) {
        this.#send(PONG, NOTHING);
        return;
      }
      this.#receiver = this.#newReceiver();
    }
    this.#receiver.write(Buffer.from(chunk));
  }

  ping(): void {
    this.#send(PING, NOTHING);
  }

  #newReceiver(): Writable {
    return new Receiver({ isServer: this.#role === 'server', maxPayload: MOST_PAYLOAD })
      .on('ping', (payload: Buffer) => this.#send(PONG, payload))
      .on('pong', () => this.#listener.pong())
      .on('conclude', (code: number) => this.#close(code))
      .on('error', (error: Error & { code?: string }) => this.#close(CODE_OF[error.code ?? ''] ?? PROTOCOL_ERROR));
  }

  #close(code: number): void {
    const payload = Buffer.alloc(code === NO_STATUS ? 0 : 2);
    if (code !== NO_STATUS) payload.writeUInt16BE(code);
    this.#send(CLOSE, payload);
    this.#wire.close();
    this.#listener.closed();
  }

  #send(opcode: number, payload: Buffer): void {
    const mask = this.#role === 'client';
    for (const part of Sender.frame(payload, { fin: true, rsv1: false, opcode, mask, readOnly: true })) this.#wire.send(part);
  }
}

function isEmptyPong(chunk: Buffer): boolean {
  return chunk.length === 2 && chunk[0] === (FIN | PONG) && chunk[1] === 0;
}

/** Masked, as a client must. */
function isEmptyPing(chunk: Buffer): boolean {
  return chunk.length === 6 && chunk[0] === (FIN | PING) && chunk[1] === MASK;
}
