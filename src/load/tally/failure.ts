import type { FailureCause } from '../../model/timeline/attempt.ts';
import { errnoOf } from '../../platform/errors.ts';

const CAUSE_OF: Readonly<Record<string, FailureCause>> = {
  ETIMEDOUT: 'connect-timeout',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  // undici: the other side closed before the response was complete
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  EADDRNOTAVAIL: 'ports-exhausted',
  EADDRINUSE: 'ports-exhausted',
  EMFILE: 'fds-exhausted',
  ENFILE: 'fds-exhausted',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};

/** The cause a socket's error stands for (connect(2), bind(2), socket(2)). */
export function causeOfError(error: unknown): FailureCause {
  return causeOfErrno(errnoOf(error) ?? '');
}

/** The same by the errno's name, e.g. `ECONNREFUSED`. */
export function causeOfErrno(errno: string): FailureCause {
  return CAUSE_OF[errno] ?? 'other';
}

/** The cause an answer with HTTP status `status` stands for; undefined when it is a success. */
export function causeOfStatus(status: number): FailureCause | undefined {
  if (status >= 200 && status < 300) return undefined;
  return status >= 500 ? 'http-5xx' : 'other';
}
