import type { Attempt } from './attempt.ts';
import type { HeldSocket } from './held-socket.ts';

/** A connection that is up and to be kept. */
export interface Held {
  /** Its attempt's. */
  readonly index: number;
  /** As long as its upgrade has not been answered. */
  readonly attempt: Attempt | undefined;
  /** Seconds since the epoch; the session counts from here. NaN before and after it. */
  openedAt: number;
  /** Closes the connection: a FIN leaves. */
  destroy(): void;
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
