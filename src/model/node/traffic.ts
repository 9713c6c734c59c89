import type { Close } from '../input/scenario.ts';
import type { EntryState } from './entry-life.ts';

/**
 * One kind of traffic through a gateway. Rates are connections (or queries) per second.
 * `leak`: connections that both ends forget without FIN or RST. `half-open`: SYNs that are never answered.
 */
export type Stream =
  | {
      readonly kind: 'requests';
      /** Name of the flood, or of the flag. */
      readonly name: string;
      /** Connections per second. */
      readonly rate: number;
      /** Seconds between connecting and closing. */
      readonly lifetimeSeconds: number;
      /** How connections end: `fin` leaves TIME_WAIT, `rst` leaves CLOSE, `half` leaves CLOSE_WAIT. */
      readonly close: Close;
    }
  | {
      readonly kind: 'held';
      /** Name of the flood, or of the flag. */
      readonly name: string;
      /** Connections that are open at once. */
      readonly connections: number;
      /** State of their entries. */
      readonly state: EntryState;
    }
  | {
      /** What the flows are: leaked connections, DNS queries, echo requests or unanswered SYNs. */
      readonly kind: 'leak' | 'dns' | 'echo' | 'half-open';
      /** Name of the flood, or of the flag. */
      readonly name: string;
      /** Flows per second. */
      readonly rate: number;
      /** Of `dns`: the datagrams want no answer. */
      readonly oneWay?: true;
    };

/** The load of all nodes, and how it is spread over them. */
export interface Traffic {
  readonly streams: readonly Stream[];
  /** Factor by which all load is multiplied at its peak. */
  readonly peakFactor: number;
  /** Nodes that share the load evenly. */
  readonly replicas: number;
  /** Entries that the gateway makes for one connection: 1 with NAT, 2 as an L7 proxy. */
  readonly entriesPerConnection: number;
  /** Those of them that a tunnel's packets have, which live as unanswered datagrams do; none when absent. */
  readonly outerPerConnection?: number;
}
