import type { Endpoint } from '../../model/input/lab.ts';
import { HeadReader } from '../http/http-head.ts';
import type { TcpConnection } from '../sockets/tcp-connection.ts';
import type { Attempt } from '../tally/attempt.ts';
import { acceptFor, newKey, statusOfUpgrade, upgradeRequest } from '../websocket/websocket-handshake.ts';
import { WebSocketPeer } from '../websocket/websocket-peer.ts';
import type { Held } from './held.ts';

/** What is needed until the upgrade is answered. */
interface Opening {
  readonly attempt: Attempt;
  readonly accept: string;
  readonly head: HeadReader;
}

/** One WebSocket over a connection that is already up, and its heartbeat. Small: a process holds thousands. */
export class HeldSocket implements Held {
  readonly index: number;
  openedAt = Number.NaN;
  readonly #wire: TcpConnection;
  readonly #listener: HoldListener;
  #opening: Opening | undefined;
  #end: WebSocketPeer | undefined;
  /** When the ping was sent that has no pong yet; NaN when there is none. */
  #pingedAt = Number.NaN;

  /** Asks for the upgrade. */
  constructor(attempt: Attempt, wire: TcpConnection, target: Endpoint, listener: HoldListener) {
    const key = newKey();
    this.index = attempt.index;
    this.#wire = wire;
    this.#listener = listener;
    this.#opening = { attempt, accept: acceptFor(key), head: new HeadReader() };
    wire.receive(
      (chunk) => this.#read(chunk),
      () => listener.closed(this),
    );
    wire.send(upgradeRequest(target, key));
  }

  get attempt(): Attempt | undefined {
    return this.#opening?.attempt;
  }

  /** Sends a ping; while one is unanswered none is added, and false is returned: a heartbeat missed. */
  ping(now: number): boolean {
    if (!Number.isNaN(this.#pingedAt)) return false;
    this.#pingedAt = now;
    this.#end?.ping();
    return true;
  }

  pong(): void {
    const pingedAt = this.#pingedAt;
    if (Number.isNaN(pingedAt)) return; // unasked for (RFC 6455 §5.5.3)
    this.#pingedAt = Number.NaN;
    this.#listener.ponged(pingedAt);
  }

  closed(): void {
    this.#listener.closed(this);
  }

  /** Closes the connection without the WebSocket closing handshake, which would need a timer; a FIN leaves. */
  destroy(): void {
    this.#wire.close();
  }

  #read(chunk: Buffer): void {
    if (this.#end === undefined) this.#readAnswer(chunk);
    else this.#end.read(chunk);
  }

  #readAnswer(chunk: Buffer): void {
    if (this.#opening === undefined) return;
    const { attempt, accept, head } = this.#opening;
    const answer = head.read(chunk);
    if (answer === undefined) return; // there is more to come
    const status = answer === 'malformed' ? answer : statusOfUpgrade(answer.text, accept);
    if (answer === 'malformed' || status !== 101) {
      this.#listener.refused(attempt, status);
      return;
    }
    this.#opening = undefined;
    this.#end = new WebSocketPeer(this.#wire, 'client', this);
    this.#listener.upgraded(attempt, this);
    if (answer.rest.length > 0) this.#end.read(answer.rest);
  }
}

export interface HoldListener {
  /** The upgrade was answered with 101. */
  upgraded(attempt: Attempt, held: HeldSocket): void;
  /**
   * The upgrade was answered with another HTTP status, or with what no WebSocket server says. To be destroyed by the listener.
   */
  refused(attempt: Attempt, status: number | 'malformed'): void;
  /** The ping sent at `pingedAt`, seconds since the epoch, was answered. */
  ponged(pingedAt: number): void;
  /** The connection is gone. May be told again, and of one that was destroyed. */
  closed(held: Held): void;
}
