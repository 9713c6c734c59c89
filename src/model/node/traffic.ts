/** State a conntrack entry is in, as `conntrack -L` has it; `UDP` for entries of queries that were answered. */
export type EntryState = 'ESTABLISHED' | 'TIME_WAIT' | 'CLOSE' | 'SYN_SENT' | 'UDP';

/**
 * One kind of traffic through a gateway. Rates are connections (or queries) a second.
 * `leak`: connections both ends forget without telling the gateway. `half-open`: SYNs nobody answers.
 */
export type Stream =
  | {
      readonly kind: 'requests';
      /** A flood's, or what the flags call it. */
      readonly name: string;
      /** Connections a second. */
      readonly rate: number;
      /** Seconds between connecting and closing. */
      readonly lifetimeSeconds: number;
      /** How connections end: `fin` leaves TIME_WAIT, `rst` leaves CLOSE. */
      readonly close: 'fin' | 'rst';
    }
  | {
      readonly kind: 'held';
      /** A flood's, or what the flags call it. */
      readonly name: string;
      /** Open at once. */
      readonly connections: number;
      readonly state: EntryState;
    }
  | {
      /** What the flows are. */
      readonly kind: 'leak' | 'dns' | 'half-open';
      /** A flood's, or what the flags call it. */
      readonly name: string;
      /** Flows a second. */
      readonly rate: number;
    };

/** What comes to the nodes, and how it is spread. */
export interface Traffic {
  readonly streams: readonly Stream[];
  /** Everything times this. */
  readonly peakFactor: number;
  /** Nodes that share it evenly. */
  readonly replicas: number;
  /** Entries the gateway makes of one connection: 1 with NAT, 2 as an L7 proxy. */
  readonly entriesPerConnection: number;
}

/**
 * Entries for each connection, by what a gateway does with packets. Measured: 300 connections through a gateway of each kind
 * (guest kernel 6.1, conntrack hooks on).
 */
export const PLAN_DATAPLANES = {
  iptables: 1,
  nftables: 1,
  /** As kube-proxy runs it, with vs.conntrack=1: no relief at all. */
  ipvs: 1,
  /** Ends connections and opens new ones: one towards the client, one upstream. */
  proxy: 2,
  /** Raw-table NOTRACK for the service's packets. */
  notrack: 0,
} as const satisfies Readonly<Record<string, number>>;

export type PlanDataplane = keyof typeof PLAN_DATAPLANES;
