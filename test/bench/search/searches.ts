/** A search that is timed, and what it took before trials ended when their outcome was certain and curves placed them. */
export interface TimedSearch {
  readonly name: string;
  /** What follows `ctload find`. */
  readonly args: readonly string[];
  /** What is to be said of it. */
  readonly note?: string;
  /** Measured on the same kind of machine; undefined where it was not. */
  readonly before?: { readonly seconds: number; readonly trials: number; readonly answer: number };
}

const smoke = (...keys: readonly string[]) => ['scenarios/smoke.yaml', ...keys.flatMap((key) => ['--set', key])];

export const SEARCHES: readonly TimedSearch[] = [
  {
    name: 'held',
    args: ['scenarios/held.yaml', '--set', 'gateway.conntrack.max=2k'],
    before: { seconds: 286, trials: 8, answer: 93.75 },
  },
  {
    name: 'websockets',
    args: ['scenarios/websockets.yaml', '--for', 'connections'],
    before: { seconds: 132, trials: 2, answer: 2000 },
    note: 'Two trials are the least there can be, and the 60 s of the one that confirms are nearly half of what both took before: what has been saved is the slow ramp of each, not proof.',
  },
  {
    name: 'time-wait',
    args: smoke('gateway.conntrack.max=1500', 'gateway.conntrack.timeouts.tcp_time_wait=3s'),
    before: { seconds: 254, trials: 7, answer: 393.8 },
  },
  {
    name: 'reset',
    args: smoke('floods.requests.close=rst', 'gateway.conntrack.timeouts.tcp_close=1s'),
    before: { seconds: 281, trials: 8, answer: 384.4 },
  },
  {
    name: 'budget',
    args: ['scenarios/held.yaml', '--set', 'gateway.conntrack.max=2k', '--budget', '2m'],
  },
];

export const SEARCH_NAMES: readonly string[] = SEARCHES.map(({ name }) => name);

/** Searches whose answer is known: so many connections are held by a table of as many entries, and one more is refused. */
export const KNOWN_LIMITS: readonly number[] = Array.from({ length: 20 }, (_, index) => 101 + 37 * index);
export const KNOWN_PRECISION = 0.05;

/** It begins at half of what fits, so that no guess finds the limit. */
export const knownScenario = (limit: number) => `version: 1
name: known
gateway: {conntrack: {max: ${limit}}}
floods:
  sockets: {kind: long, executor: constant-connections, connections: 1, duration: 2s, heartbeat: 1s, connectTimeout: 1200ms}
find:
  variable: floods.sockets.connections
  initialValue: ${Math.floor(limit / 2)}
  precision: ${KNOWN_PRECISION}
  measuringPeriod: 2s
  confirmPeriod: 3s
`;
