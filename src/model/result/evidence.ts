import type { Coded, EndedAtGateway, HashChains, OtherTable, SpentPorts } from './findings.ts';

/** A kernel counter's rise; null where ctload cannot read it. */
export type Counted = number | null;

/** What of a table goes with every cause but the full table; null where it was not read. */
export type TableEvidence = {
  readonly drops: number;
  readonly peakEntries: number;
  readonly capacity: number;
  /** Other tables on the path that dropped packets; absent if none did. */
  readonly others?: readonly { readonly table: OtherTable; readonly drops: number }[];
} | null;

/** What came in place of a good answer: an HTTP status (`404`) or an error (`EPERM`, `malformed`), and how often. */
export interface FailedWith {
  readonly what: string;
  readonly failed: number;
}

/** What a proxy wrote to its log, and how often. */
export interface Complaint {
  readonly what: string;
  readonly times: number;
}

/** SYNs that went unanswered. `timeWaitDropped` of them met connections in TIME_WAIT at the backend. */
export interface LostSyns {
  readonly synRetransmissions: number;
  readonly abandoned: number;
  readonly timeWaitDropped: number;
}

/** What makes a cause the cause, by cause. */
export interface EvidenceFigures {
  'conntrack-full': {
    readonly kernelDrops: number;
    readonly fromSeconds: number | undefined;
    readonly earlyDrop: number;
    readonly synRetransmissions: number;
    readonly abandoned: number;
    readonly timeWaitDropped: number;
    readonly datagramsLost: number;
    readonly backlogDropped: number;
  };
  'conntrack-evicted': EndedAtGateway & {
    readonly evicted: number;
    readonly fromSeconds: number;
    readonly capacity: number;
  };
  'hash-chains-full': HashChains & {
    readonly refused: number;
    readonly fromSeconds: number;
    readonly synRetransmissions: number;
    readonly abandoned: number;
  };
  'snat-ports-exhausted': SpentPorts & {
    readonly synRetransmissions: number;
    readonly abandoned: number;
    readonly table: TableEvidence;
  };
  'connect-timeout': LostSyns & {
    readonly listenDrops: Counted;
    /** Beyond those that the table or TIME_WAIT explains. */
    readonly otherLost: number;
    readonly table: TableEvidence;
  };
  'listen-overflow': LostSyns & {
    readonly listenOverflows: Counted;
    readonly listenDrops: Counted;
    readonly table: TableEvidence;
  };
  'dropped-by-rule': LostSyns & {
    readonly packets: number;
    readonly counters: readonly { readonly name: string; readonly packets: number }[];
    readonly table: TableEvidence;
  };
  unreachable: {
    readonly noRoute: Readonly<Record<'client' | 'gateway' | 'backend', Counted>>;
    readonly sentByGateway: Counted;
    readonly gotByClient: Counted;
    readonly table: TableEvidence;
  };
  refused: {
    readonly backendResets: Counted;
    readonly gatewayResets: Counted;
    readonly attemptFails: Counted;
    readonly table: TableEvidence;
  };
  reset: { readonly clientResets: Counted; readonly backendResets: Counted; readonly table: TableEvidence };
  'http-5xx': {
    readonly connectP99Ms: number;
    readonly requests: Counted;
    readonly answers: readonly FailedWith[];
    /** What the program that is the gateway's proxy says; undefined where there is none. */
    readonly proxy: { readonly name: string; readonly said: readonly Complaint[] } | undefined;
    readonly table: TableEvidence;
  };
  'response-timeout': {
    /** Undefined when only datagrams went without an answer. */
    readonly requests:
      | {
          readonly connectP99Ms: number;
          readonly accepted: Counted;
          readonly read: Counted;
          readonly proxied: boolean;
        }
      | undefined;
    /** Undefined when only requests did. */
    readonly datagrams:
      | {
          readonly sent: number;
          readonly answered: number;
          readonly lost: number;
          readonly fullBuffers: { readonly backend: number; readonly client: number };
          readonly table: TableEvidence;
        }
      | undefined;
  };
  'ports-exhausted': { readonly usedShare: number | null };
  'upstream-ports-exhausted': { readonly said: readonly Complaint[]; readonly table: TableEvidence };
  'fds-exhausted': { readonly usedShare: number | null };
  other: { readonly answers: readonly FailedWith[]; readonly table: TableEvidence };
}

/** What speaks for one cause. */
export type CauseEvidence = Coded<EvidenceFigures>;
