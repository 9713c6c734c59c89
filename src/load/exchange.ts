import type { FailureCause } from '../model/attempt.ts';
import type { Endpoint } from '../model/lab.ts';
import type { Attempt } from './attempt.ts';
import { rawWires } from './raw-wire.ts';
import type { Wire } from './wire.ts';
import { directExchanger } from './wire-exchange.ts';

/** Who is told how an exchange goes: `responseStarted` once at most, then one of the others, unless the wire is closed before. */
export interface ExchangeListener {
  /** The head of the response is there (of the final one, not of a 1xx). */
  responseStarted(attempt: Attempt): void;
  /** The response is complete. To be closed or reset by the listener before it returns. */
  responseEnded(attempt: Attempt, status: number): void;
  /** To be closed by the listener. What it hears of an attempt whose wire it has closed itself, it ignores. */
  responseFailed(attempt: Attempt, cause: FailureCause): void;
}

/** Sends one GET over `wire`, which must be connected and unused, and reads the response. */
export type Exchange = (attempt: Attempt, wire: Wire) => void;

/** Makes exchanges with one destination. */
export type Exchanger = (to: Endpoint, listener: ExchangeListener) => Exchange;

/**
 * How requests are made: on the bare handle where Node gives access to it, else by undici, which is loaded only then.
 *
 * undici is made to keep connections. For one request a connection it costs 86 µs more of CPU time over a net.Socket, and
 * still 45 over the least object it works with, of 60 to 75 µs that such a connection costs without, kernel included
 * (Node 20, results/profile-short.md): the bytes sent are the same.
 */
export const exchanger: Exchanger =
  rawWires() === undefined ? (await import('./undici-exchange.ts')).undiciExchanger : directExchanger;
