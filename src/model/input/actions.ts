/** The states of a TCP entry by which an action may choose what it deletes (conntrack(8), --state). */
export const DELETABLE_STATES = [
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
] as const;

/** Which entries are deleted: those that have all of these. */
export interface EntryFilter {
  /** State of TCP entries. */
  readonly state?: (typeof DELETABLE_STATES)[number] | undefined;
  /** Protocol. */
  readonly protocol?: 'tcp' | 'udp' | undefined;
}

/** What may be done while the load runs: to the gateway's table, a remedy as it is applied in an outage; or to the endpoints. */
export type Deed =
  | {
      /** nf_conntrack_max to set. */
      readonly max: number;
    }
  | {
      /** Timeouts to set, in seconds by short name. */
      readonly timeouts: Readonly<Record<string, number>>;
    }
  | {
      /** Which entries to delete, as `conntrack -D` does. */
      readonly delete: EntryFilter;
    }
  | {
      /** Delete all entries, as `conntrack -F` does. */
      readonly flush: true;
    }
  | {
      /** The endpoints' addresses stop answering, and others take new flows. */
      readonly endpoint: 'gone';
    };

/** A deed and when it is due. */
export type Action = Deed & {
  /** Seconds from the start of the load. */
  readonly atSeconds: number;
};

/** Whether an action takes the endpoints away. */
export function losesEndpoint(actions: readonly Deed[] = []): boolean {
  return actions.some((action) => 'endpoint' in action);
}

/** The limits that actions set. */
export function announcedMaxima(actions: readonly Deed[] = []): number[] {
  return actions.flatMap((action) => ('max' in action ? [action.max] : []));
}
