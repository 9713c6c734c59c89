/**
 * Causes that lie with the gateway's table, which only the analysis assigns: it was full and dropped packets, or evicted flows whose
 * clients were waiting, or its hash chains were too long for new entries, or its NAT found no free source port for one.
 */
export const TABLE_CAUSES = ['conntrack-full', 'conntrack-evicted', 'hash-chains-full', 'snat-ports-exhausted'] as const;

/** Why an attempt failed, as far as known. */
export const FAILURE_CAUSES = [
  ...TABLE_CAUSES,
  'connect-timeout',
  'refused',
  'reset',
  'http-5xx',
  'response-timeout',
  'listen-overflow',
  'dropped-by-rule',
  'ports-exhausted',
  'upstream-ports-exhausted',
  'fds-exhausted',
  'unreachable',
  'other',
] as const;

export type FailureCause = (typeof FAILURE_CAUSES)[number];

/** Whether the gateway's table is the cause. */
export function isTableCause(cause: string): boolean {
  return (TABLE_CAUSES as readonly string[]).includes(cause);
}

/** What is timed. Each phase is recorded for attempts that got that far; `heartbeat` once per pong. */
export const PHASES = [
  'connecting', // connect() to ESTABLISHED
  'waiting', // request (or upgrade) sent to response head, datagram to its answer
  'duration', // intended start to done: what a user who arrived on time waited
  'duration_uncorrected', // actual start to done
  'schedule_lag', // intended to actual start: the generator's own delay
  'heartbeat', // ping to pong on a held socket
  'session', // upgraded to closed, of a held socket; one that is still open when the load is over counts up to then
] as const;

export type Phase = (typeof PHASES)[number];

/** Counts of one flood over some span of time. */
export interface AttemptCounts {
  /** Attempts started. */
  attempted: number;
  /** TCP connections established. */
  connected: number;
  /** Attempts that succeeded: response read, socket upgraded, or flow abandoned while ASSURED. */
  succeeded: number;
  /** Failed attempts by cause. */
  failed: Partial<Record<FailureCause, number>>;
  /** Attempts that connected only after at least one SYN retransmission. */
  delayed: number;
  /** Attempts abandoned before they connected; each means one unanswered SYN in addition to its retransmissions. */
  abandoned: number;
  /** Attempts cut off by the end of the run before they succeeded or failed. */
  interrupted: number;
  /** Scheduled attempts that were not started in time, because the generator could not keep up. */
  notStarted: number;
  /** Held connections that closed early. */
  disconnected: number;
  /** Pings that had no pong when the next one was due. */
  heartbeatsMissed: number;
  /** Pongs received. */
  heartbeats: number;
}

export function noAttempts(): AttemptCounts {
  return {
    attempted: 0,
    connected: 0,
    succeeded: 0,
    failed: {},
    delayed: 0,
    abandoned: 0,
    interrupted: 0,
    notStarted: 0,
    disconnected: 0,
    heartbeatsMissed: 0,
    heartbeats: 0,
  };
}

const { failed: _, ...NUMBERS } = noAttempts();
const COUNTERS = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[];

/** Adds `more` to `sum` in place; keys absent from `more` count as 0, and what is no count is left alone. */
export function addAttempts(sum: AttemptCounts, more: Partial<AttemptCounts>): void {
  for (const counter of COUNTERS) sum[counter] += more[counter] ?? 0;
  if (more.failed === undefined) return;
  for (const [cause, count] of Object.entries(more.failed)) {
    sum.failed[cause as FailureCause] = (sum.failed[cause as FailureCause] ?? 0) + count;
  }
}

export function totalFailed(counts: Pick<AttemptCounts, 'failed'>): number {
  return Object.values(counts.failed).reduce((sum, count) => sum + count, 0);
}
