/** A search that is timed, and what it took before trials ended when their outcome was certain and curves placed them. */
export interface TimedSearch {
  readonly name: string;
  /** What follows `ctload find`. */
  readonly args: readonly string[];
  /** Measured on the same kind of machine; undefined where it was not. */
  readonly before?: { readonly seconds: number; readonly trials: number; readonly answer: number };
}

export const SEARCHES: readonly TimedSearch[] = [
  {
    name: 'held',
    args: ['scenarios/held.yaml', '--set', 'gateway.conntrack.max=2k'],
    before: { seconds: 286, trials: 8, answer: 93.75 },
  },
  { name: 'websockets', args: ['scenarios/websockets.yaml', '--for', 'connections'] },
  {
    name: 'budget',
    args: ['scenarios/held.yaml', '--set', 'gateway.conntrack.max=2k', '--budget', '2m'],
  },
];

export const SEARCH_NAMES: readonly string[] = SEARCHES.map(({ name }) => name);
