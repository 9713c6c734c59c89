import { STATUS_CODES } from 'node:http';
import { HeadReader, type HttpHead, hasToken, parseHead } from '../http/http-head.ts';
import type { TcpConnection } from '../sockets/tcp-connection.ts';
import { upgradeAnswer } from '../websocket/websocket-handshake.ts';
import { WebSocketPeer } from '../websocket/websocket-peer.ts';

const REQUEST_LINE = /^([-!#$%&'*+.^_`|~\dA-Za-z]+) [\x21-\x7e]+ HTTP\/1\.([01])$/;
const BODY = 'ok\n';
/** RFC 9110 §6.4.1. */
const WITHOUT_BODY = new Set([204, 304]);

/** What a connection tells the server it belongs to. */
export interface BackendListener {
  /** Whether a connection is kept unless the client wants it closed. */
  readonly keepsAlive: boolean;
  /** A request came: to be answered, now or later. */
  requested(connection: BackendConnection): void;
  /** A WebSocket has been opened. */
  upgraded(): void;
}

/**
 * One connection to the backend: requests and their answers, one after the other, or a WebSocket whose pings are answered. Small: a process has
 * thousands.
 */
export class BackendConnection {
  readonly #wire: TcpConnection;
  readonly #listener: BackendListener;
  #head: HeadReader | undefined = new HeadReader();
  #end: WebSocketPeer | undefined;
  #withoutBody = false;
  /** Whether more may come than the head: closing at once would reset the connection, and the answer might be lost. */
  #lingers = false;
  /** Whether another request may follow the answer. */
  #keeps = false;

  constructor(wire: TcpConnection, listener: BackendListener) {
    this.#wire = wire;
    this.#listener = listener;
    wire.receive((chunk) => this.#read(chunk), ignore);
  }

  /** Answers the request with `status`, and ends the connection unless the client wants to keep it. */
  answer(status: number): void {
    this.#wire.send(responseTo(status, this.#withoutBody, this.#keeps));
    if (this.#keeps) this.#head = new HeadReader();
    else if (this.#lingers) this.#wire.end();
    else this.#wire.close();
  }

  pong(): void {}

  closed(): void {}

  #read(chunk: Buffer): void {
    if (this.#end !== undefined) this.#end.read(chunk);
    else if (this.#head !== undefined) this.#readHead(this.#head, chunk);
    // else what comes behind a request: nobody wants it
  }

  #readHead(reader: HeadReader, chunk: Buffer): void {
    const read = reader.read(chunk);
    if (read === undefined) return;
    this.#head = undefined;
    const head = read === 'malformed' ? undefined : parsed(read.text);
    const [, method, minor] = REQUEST_LINE.exec(head?.line ?? '') ?? [];
    if (read === 'malformed' || head === undefined || method === undefined) {
      this.#refuse();
    } else if (asksForWebSocket(head)) {
      this.#upgrade(head, read.rest);
    } else {
      this.#withoutBody = method === 'HEAD';
      this.#lingers = read.rest.length > 0 || head.fields.has('content-length') || head.fields.has('transfer-encoding');
      this.#keeps = this.#listener.keepsAlive && !this.#lingers && wantsToKeep(head, minor);
      this.#listener.requested(this);
    }
  }

  #upgrade(head: HttpHead, rest: Buffer): void {
    const answer = upgradeAnswer(head);
    if (answer === undefined) {
      this.#refuse();
      return;
    }
    this.#listener.upgraded();
    this.#wire.send(answer);
    this.#end = new WebSocketPeer(this.#wire, 'server', this);
    if (rest.length > 0) this.#end.read(rest);
  }

  #refuse(): void {
    this.#lingers = true;
    this.#keeps = false;
    this.answer(400);
  }
}

/** HTTP/1.1 keeps a connection unless told otherwise (RFC 9112 §9.3). */
function wantsToKeep({ fields }: HttpHead, minor: string | undefined): boolean {
  const connection = fields.get('connection');
  return hasToken(connection, 'keep-alive') || (minor === '1' && !hasToken(connection, 'close'));
}

/** A flood's requests are all the same: the last one is remembered. */
let last: { readonly text: string; readonly head: HttpHead | undefined } = { text: '', head: undefined };

function parsed(text: string): HttpHead | undefined {
  if (text !== last.text) last = { text, head: parseHead(text) };
  return last.head;
}

function asksForWebSocket({ fields }: HttpHead): boolean {
  return fields.get('upgrade')?.toLowerCase() === 'websocket' && hasToken(fields.get('connection'), 'upgrade');
}

function responseTo(status: number, withoutBody: boolean, keeps: boolean): string {
  const reason = STATUS_CODES[status] ?? '';
  const start = `HTTP/1.1 ${status} ${reason}\r\nconnection: ${keeps ? 'keep-alive' : 'close'}\r\n`;
  if (WITHOUT_BODY.has(status)) return `${start}\r\n`;
  const head = `${start}content-type: text/plain\r\ncontent-length: ${BODY.length}\r\n\r\n`;
  return withoutBody ? head : head + BODY;
}

function ignore(): void {}
