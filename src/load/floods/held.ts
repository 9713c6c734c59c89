import type { Attempt } from '../tally/attempt.ts';

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
