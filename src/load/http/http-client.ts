import type { Endpoint } from '../../model/input/lab.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import type { TcpConnection } from '../sockets/tcp-connection.ts';
import type { Attempt } from '../tally/attempt.ts';

/** Who is told how an exchange goes: `responseStarted` once at most, then one of the others, unless the wire is closed before. */
export interface HttpListener {
  /** The head of the response is there (of the final one, not of a 1xx). */
  responseStarted(attempt: Attempt): void;
  /** The response is complete. To be closed or reset by the listener before it returns. */
  responseEnded(attempt: Attempt, status: number): void;
  /** To be closed by the listener. What it hears of an attempt whose wire it has closed itself, it ignores. */
  responseFailed(attempt: Attempt, cause: FailureCause, error?: string): void;
}

/** Sends one GET over `wire`, which must be connected and unused, and reads the response. */
export type HttpClient = (attempt: Attempt, wire: TcpConnection) => void;

/** Makes exchanges with one destination. */
export type HttpClientFactory = (to: Endpoint, listener: HttpListener) => HttpClient;
