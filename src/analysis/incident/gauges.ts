import type { Captured, Reading } from '../../model/timeline/captured.ts';

/** Values that are no counters. */
export interface Gauges {
  /** The most entries in one reading, and the limit. */
  readonly entries: number | undefined;
  readonly limit: number | undefined;
  /** nf_conntrack_tcp_be_liberal */
  readonly beLiberal: boolean | undefined;
  /** nf_conntrack_tcp_loose */
  readonly isLoose: boolean | undefined;
  /** The most TCP sockets in one reading, TIME_WAIT included. */
  readonly sockets: number | undefined;
  /** Ports in ip_local_port_range. */
  readonly localPorts: number | undefined;
}

export function gaugesOf({ readings }: Captured): Gauges {
  const all = (name: string) => readings.flatMap(({ values }) => values.get(name) ?? []);
  const most = (values: readonly number[]) => (values.length === 0 ? undefined : Math.max(...values));
  const set = (name: string) => {
    const value = most(all(name));
    return value === undefined ? undefined : value > 0;
  };
  return {
    entries: most(all('entries')),
    limit: most(all('nf_conntrack_max')),
    beLiberal: set('nf_conntrack_tcp_be_liberal'),
    isLoose: set('nf_conntrack_tcp_loose'),
    sockets: most(readings.flatMap(socketsOf)),
    localPorts: most(all('local ports')),
  };
}

function socketsOf({ values }: Reading): number[] {
  const inUse = values.get('node_sockstat_TCP_inuse');
  const scraped = inUse === undefined ? [] : [inUse + (values.get('node_sockstat_TCP_tw') ?? 0)];
  return [...(values.get('TCP sockets') === undefined ? [] : [values.get('TCP sockets') as number]), ...scraped];
}
