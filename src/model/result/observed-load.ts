/** A figure estimated from a listing, with its 95 % interval. */
export interface Estimate {
  /** Best estimate. */
  readonly value: number;
  /** Lower end of the 95 % interval. */
  readonly low: number;
  /** Upper end of the 95 % interval. */
  readonly high: number;
}

/** The load that a listing of a table shows. */
export interface ObservedLoad {
  /** Short connections per second, from the entries in TIME_WAIT and CLOSE. */
  readonly rate: Estimate;
  /** Connections that are open and in use: ESTABLISHED, idle for less than `staleAfterSeconds`, and not about to turn stale. */
  readonly held: Estimate;
  /** New DNS flows per second: UDP to port 53. */
  readonly dnsFlows: Estimate;
  /** Other new UDP flows per second. */
  readonly udpFlows: Estimate;
  /** Connections per second that come to CLOSE_WAIT: one end has closed, the other does not. */
  readonly closeWaitRate: Estimate;
  /** SYNs per second that are not answered. */
  readonly halfOpenRate: Estimate;
  /** Connections per second that have been idle for `staleAfterSeconds` and stay in the table. */
  readonly leakRate: Estimate;
}

/** One destination of the connections in a table. */
export interface TableService {
  /** Protocol, address and port that clients connect to, before DNAT. */
  readonly service: string;
  /** Number of entries. */
  readonly entries: number;
  /** Share of all entries. */
  readonly share: number;
  /** Entries by class: `established`, `time_wait`, `close_wait`, `half_open`, `dns`, … */
  readonly byClass: Readonly<Record<string, number>>;
}

/** How a table grew between two listings, in entries per second. */
export interface TableGrowth {
  /** Seconds between the listings. */
  readonly seconds: number;
  /** All entries. */
  readonly entries: number;
  /** Entries by class. */
  readonly byClass: Readonly<Record<string, number>>;
  /** The destinations that grew most, those with the most new ESTABLISHED connections first: what leaks is there. */
  readonly services: readonly {
    /** Protocol, address and port. */
    readonly service: string;
    /** Growth of all its entries. */
    readonly entries: number;
    /** Growth of its ESTABLISHED connections. */
    readonly established: number;
  }[];
}

/** Of a number of connections, in seconds. */
export interface Spread {
  /** Median; null if there is none. */
  readonly p50: number | null;
  /** 90th percentile; null if there is none. */
  readonly p90: number | null;
  /** Longest; null if there is none. */
  readonly max: number | null;
}

/** What a listing of a conntrack table says. */
export interface ObservedTable {
  /** File of the listing as named; `-` for stdin. */
  readonly source: string;
  /** Number of entries. */
  readonly entries: number;
  /** Entries by state, or by protocol where it has no states. */
  readonly byState: Readonly<Record<string, number>>;
  /** Number of [ASSURED] entries. */
  readonly assured: number;
  /** Number of [UNREPLIED] entries. */
  readonly unreplied: number;
  /** Lines that are not an entry. */
  readonly damaged: {
    /** How many. */
    readonly lines: number;
    /** The first of them. */
    readonly samples: readonly {
      /** Number of the line, from 1 on. */
      readonly line: number;
      /** Its beginning; null with --anonymise. */
      readonly text: string | null;
    }[];
  };
  /** Idle time of ESTABLISHED connections, in seconds. */
  readonly idle: Spread;
  /** Time since the first packet of ESTABLISHED connections, in seconds; null unless the listing has it (nf_conntrack_timestamp). */
  readonly age: Spread | null;
  /** Idle for as long, an ESTABLISHED connection counts as stale. */
  readonly staleAfterSeconds: number;
  /** ESTABLISHED connections that are stale. */
  readonly stale: number;
  /** Flows that are offloaded to a flowtable, which have no timer: they count as in use. */
  readonly offloaded: number;
  /** ESTABLISHED connections with data that was not acknowledged: their peer may be gone. */
  readonly unacknowledged: number;
  /** The destinations with the most entries. */
  readonly services: readonly TableService[];
  /** Number of destinations. */
  readonly serviceCount: number;
  /** Growth since an earlier listing; null without one. */
  readonly growth: TableGrowth | null;
}
