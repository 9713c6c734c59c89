import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Endpoint } from '../model/lab.ts';
import type { Clock } from '../platform/clock.ts';
import type { Attempt } from './attempt.ts';
import type { Tally } from './tally.ts';

/** A connection that is up and to be kept. */
export interface Held {
  readonly attempt: Attempt;
  /** Seconds since the epoch; the session counts from here. NaN before and after it. */
  openedAt: number;
  /** Closes the connection: a FIN leaves. */
  destroy(): void;
}

export interface HoldListener {
  /** The upgrade was answered with 101. */
  upgraded(held: HeldSocket): void;
  /** The upgrade was answered with something else, or not at all before the connection broke. */
  refused(held: HeldSocket, reason: { readonly status: number } | { readonly error: Error }): void;
  /** The socket is gone, whoever ended it. */
  closed(held: Held): void;
}

/** One WebSocket over a connection that is already up, and its heartbeat. */
export class HeldSocket implements Held {
  readonly attempt: Attempt;
  readonly #socket: WebSocket;
  openedAt = Number.NaN;
  /** When the ping was sent that has no pong yet. */
  #pingedAt: number | undefined;

  constructor(attempt: Attempt, socket: Socket, target: Endpoint, listener: HoldListener) {
    this.attempt = attempt;
    this.#socket = new WebSocket(`ws://${target.address}:${target.port}/`, {
      createConnection: () => socket,
      perMessageDeflate: false,
    });
    this.#socket
      .on('open', () => listener.upgraded(this))
      .on('unexpected-response', (_request, response) => listener.refused(this, { status: response.statusCode ?? 0 }))
      .on('error', (error) => listener.refused(this, { error }))
      .on('close', () => listener.closed(this));
  }

  /** Prepares for heartbeats; only of use once upgraded. */
  listenForPongs(tally: Tally, clock: Clock): void {
    this.#socket.on('pong', () => {
      if (this.#pingedAt === undefined) return;
      const now = clock();
      tally.count(now, 'heartbeats');
      tally.time('heartbeat', now - this.#pingedAt);
      this.#pingedAt = undefined;
    });
  }

  /** Sends a ping; while one is unanswered none is added, and false is returned: a heartbeat missed. */
  ping(now: number): boolean {
    if (this.#pingedAt !== undefined) return false;
    this.#pingedAt = now;
    this.#socket.ping();
    return true;
  }

  /** Closes the connection without the WebSocket closing handshake, which would need a timer; a FIN leaves. */
  destroy(): void {
    this.#socket.terminate();
  }
}
