import type { FailureCause } from '../timeline/attempt.ts';
import type { CrossedNode } from '../timeline/nodes.ts';
import type { ProxyFacts } from '../timeline/proxy.ts';
import type { RuleFacts } from '../timeline/rules.ts';
import type { Environment, RunIdentity, ScenarioFacts } from '../timeline/run.ts';
import type { Visibility } from '../timeline/visibility.ts';
import type { AlertRules } from './alerts/alert-rules.ts';
import type { NodeExporterSummary } from './alerts/node-exporter.ts';
import type { ConntrackSummary } from './conntrack-summary.ts';
import type { CauseEvidence } from './evidence.ts';
import type { Reason, ReasonCode } from './findings.ts';
import type { FloodSummary } from './flood-summary.ts';
import type { Headroom } from './headroom.ts';
import type { Knees } from './knees.ts';
import type { PredictedQuantity } from './predicted-quantity.ts';
import type { Recovery, RunAction } from './recovery.ts';

/**
 * The content of `summary.json`, schema `ctload/summary@1`. Times are seconds, keys ending in `Ms` milliseconds, sizes bytes.
 * Keys are added, never renamed.
 */
export interface Summary {
  readonly schema: 'ctload/summary@1';
  /** Run identity. */
  readonly run: RunIdentity & {
    /** Seconds from the start of the load to the end of the recording. */
    readonly durationSeconds: number;
  };
  /** Name, description and hash of the scenario. */
  readonly scenario: Pick<ScenarioFacts, 'name' | 'description' | 'sha256'>;
  /** Environment of the run. */
  readonly environment: Environment;
  /** What of the lab the record holds. Absent in summaries of earlier versions. */
  readonly visibility?: Visibility;
  /** Figures of the gateway's conntrack table. */
  readonly conntrack: ConntrackSummary;
  /** The nodes of a cluster that the load crossed: their limits and kube-proxy. Absent with other drivers. */
  readonly nodes?: readonly CrossedNode[];
  /** Result of the run. */
  readonly verdict: Verdict;
  /** Point at which the table broke; null if it did not break or if that cannot be determined. */
  readonly breakingPoint: BreakingPoint | null;
  /** Rules of the user's own in the gateway; absent if there are none. */
  readonly rules?: RulesSummary;
  /** What IPVS kept beside the table's entries; absent with other dataplanes. */
  readonly ipvs?: {
    /** Connections in its own list (ip_vs_conn) after the load. */
    readonly connections: number;
  };
  /** What a real node_exporter showed of the table; absent unless `probe.nodeExporter` is on. */
  readonly nodeExporter?: NodeExporterSummary;
  /** The program that is the gateway's proxy. Absent if it has none, or ctload's own. */
  readonly proxy?: ProxySummary;
  /** What the user's alerting rules would have done; absent where none were given with --alert-rules. */
  readonly alertRules?: AlertRules;
  /** Actions that were carried out on the gateway's table during the load, in order. Absent in summaries of earlier versions. */
  readonly actions?: readonly RunAction[];
  /** When the table took new connections again; null if it did not break. Absent in summaries of earlier versions. */
  readonly recovery?: Recovery | null;
  /** Failed and delayed attempts by cause, each attempt under exactly one, the most frequent cause first. */
  readonly attribution: readonly Attribution[];
  /** Packets that the kernel dropped, reconciled with what the clients lost. */
  readonly accounting: Accounting;
  /** Correlation between what clients experienced and how full the table was. */
  readonly correlation: {
    /** Pearson coefficient of failure share and table utilization, over 100 ms buckets; null if one of them never varies. */
    readonly failuresVsUtilization: number | null;
    /** Pearson coefficient of connect time and table utilization, over 100 ms buckets; null if one of them never varies. */
    readonly latencyVsUtilization: number | null;
    /** 95 % bootstrap interval of `failuresVsUtilization`, low and high; null without a coefficient. */
    readonly failuresInterval: readonly [low: number, high: number] | null;
    /** 95 % bootstrap interval of `latencyVsUtilization`, low and high; null without a coefficient. */
    readonly latencyInterval: readonly [low: number, high: number] | null;
    /**
     * Seconds from the first sample with a full table to the scheduled start of the first affected attempt; null if there is
     * none.
     */
    readonly lagSeconds: number | null;
  };
  /** Utilization from which clients were affected. */
  readonly knees: Knees;
  /**
   * Quantities predicted from the resolved scenario, each with its measured value; empty if the scenario is missing. Of a load
   * that was stopped early, only those that the rest of it could not have changed.
   */
  readonly prediction: readonly PredictedQuantity[];
  /** CPU and memory in use at the break, to show that nothing but the table was exhausted. */
  readonly headroom: Headroom;
  /** Health of the load generator: whether it made the load that was scheduled. null marks figures that are not known. */
  readonly generator: {
    /** CPU time of the busiest agent process, as a share of one core. */
    readonly cpuShare: number | null;
    /** 99th percentile of the event loop delay, in milliseconds, of the agent with the largest. */
    readonly eventLoopDelayP99Ms: number | null;
    /**
     * 99th percentile of the delay from the scheduled to the actual start of an attempt, in milliseconds, of the flood with the
     * largest.
     */
    readonly scheduleLagP99Ms: number | null;
    /** Local ports in use ÷ ports available, of the agent with the highest share. */
    readonly portsUsedShare: number | null;
    /** Open file descriptors ÷ descriptors allowed, of the agent with the highest share. */
    readonly fdsUsedShare: number | null;
    /** Scheduled attempts that were not started in time. */
    readonly notStarted: number;
    /** Number of agent processes that made the load. */
    readonly agents: number;
    /**
     * TCP connections that the backend accepted from `short` and `long` floods ÷ requests and upgrades that it served; 1 means
     * one connection per request. Null if it served none, or where connections are to carry several requests.
     */
    readonly connectionsPerRequest: number | null;
  };
  /** Figures of each flood, by its key in the scenario. */
  readonly floods: Readonly<Record<string, FloodSummary>>;
  /** Metrics that thresholds can use, by name, sub-metrics (`conns{flood:requests}`) included. */
  readonly metrics: Readonly<
    Record<
      string,
      {
        /** Type of the metric: `counter`, `gauge`, `rate` or `trend`. */
        readonly type: string;
        /**
         * Values by aggregation, e.g. `count` or `p(99)`; those of a trend in milliseconds. Empty if the metric has no sample.
         */
        readonly values: Readonly<Record<string, number>>;
      }
    >
  >;
  /** Pass criteria with their results, which mean nothing unless the run is valid. */
  readonly thresholds: readonly {
    /** Name of the metric or sub-metric. */
    readonly metric: string;
    /** Expression in k6's grammar, e.g. `p(99)<250`. */
    readonly expression: string;
    /** Whether the threshold passed. */
    readonly ok: boolean;
    /**
     * Observed value, in the unit of the metric; null if the metric had no sample, which passes, or if the table did not recover
     * within the load (`recovery_seconds`), which fails.
     */
    readonly observed: number | null;
    /**
     * Seconds since the start of the load when crossing this threshold stopped the load, which fails it for good; null if it did
     * not.
     */
    readonly stoppedAtSeconds: number | null;
  }[];
}

/** Rules of the user's own in the gateway. */
export interface RulesSummary extends RuleFacts {
  /** Packets that their named counters counted as dropped, by the name of the counter; null if these could not be read. */
  readonly dropped: Readonly<Record<string, number>> | null;
}

/** The program that is the gateway's proxy. */
export interface ProxySummary extends ProxyFacts {
  /** What it wrote to its log, and how often; null if that is not known. */
  readonly complaints: Readonly<Record<string, number>> | null;
}

/** Whether the gateway's table was read; if not, its figures are 0 and mean nothing. */
export function tableWasRead({ conntrack }: Pick<Summary, 'conntrack'>): boolean {
  return conntrack.method !== 'unknown';
}

export type VerdictKind = 'broke' | 'held' | 'inconclusive';
export type Validity = 'valid' | 'generator-bound' | 'inconclusive';
export type Bound = 'no-earlier' | 'no-later';

export interface Verdict {
  /**
   * `broke`: the table was full and the kernel dropped packets or evicted flows whose clients were waiting, or its hash chains were
   * too long for new entries. `held`: the table held the load. `inconclusive`: the run proves neither.
   */
  readonly kind: VerdictKind;
  /**
   * `valid`: the result can be trusted. `generator-bound`: the load was not the one scheduled. `inconclusive`: the evidence is
   * incomplete or contradictory.
   */
  readonly validity: Validity;
  /**
   * `no-earlier`: the true breaking point is not earlier than the one measured; there may be none. `no-later`: it is not later.
   * null if the breaking point is exact, or not known.
   */
  readonly bound: Bound | null;
  /** Most frequent cause of failed and delayed attempts; null if there are none. */
  readonly cause: FailureCause | null;
  /** Reasons for the verdict, one sentence each. */
  readonly reasons: readonly string[];
  /** What each of `reasons` says, in their order: these codes stay when sentences change. */
  readonly reasonCodes: readonly ReasonCode[];
}

/** A summary before anything is put into words: codes and figures where `Summary` has sentences. */
export type Judgement = Omit<Summary, 'verdict' | 'attribution'> & {
  readonly verdict: JudgedVerdict;
  readonly attribution: readonly JudgedCause[];
};

export type JudgedVerdict = Omit<Verdict, 'reasons' | 'reasonCodes'> & { readonly reasons: readonly Reason[] };

export type JudgedCause = Omit<Attribution, 'evidence'> & { readonly evidence: CauseEvidence };

export interface BreakingPoint {
  /** Seconds since the start of the load at which the table broke. */
  readonly atSeconds: number;
  /** Entries in the gateway's table at the break, ballast excluded. */
  readonly entries: number;
  /** Entries that the table took at the break. Absent in summaries of earlier versions. */
  readonly capacity?: number;
  /** Utilization of the table at the break: entries ÷ capacity. */
  readonly utilization: number;
  /** Scheduled attempts per second around the break, all floods together. */
  readonly offeredRate: number;
  /** Connections that the clients held open at the break. */
  readonly openConnections: number;
  /** Entries by state, from the listing nearest to the break; empty if the table was not listed around then. */
  readonly states: Readonly<Record<string, number>>;
  /** Seconds since the start of the load when the kernel first evicted an entry for a new one; null if it never did. */
  readonly firstEarlyDropAtSeconds: number | null;
  /**
   * Seconds since the start of the load when the kernel first dropped a packet because the table was full; null if it never did,
   * but evicted flows whose clients were waiting, or refused entries because their hash chains were too long.
   */
  readonly firstDropAtSeconds: number | null;
  /**
   * Scheduled start of the first affected attempt, one that failed or connected only after a SYN retransmission, in seconds
   * since the start of the load; null if there is none.
   */
  readonly firstFailureAtSeconds: number | null;
  /** Seconds from the first attempt to the first sample with a full table; null if it was never full. */
  readonly timeToFullSeconds: number | null;
}

export interface Attribution {
  /** Cause of these failures and delays. */
  readonly cause: FailureCause;
  /** Number of failed attempts. */
  readonly failed: number;
  /** Number of attempts that connected only after a SYN retransmission. */
  readonly delayed: number;
  /** Number of affected attempts: failed + delayed. */
  readonly count: number;
  /** Share of all failed and delayed attempts; the shares add up to 1. */
  readonly share: number;
  /** Evidence for the cause: one sentence with the figures. */
  readonly evidence: string;
}

export interface Accounting {
  /** Packets that the gateway's kernel dropped because the table was full. */
  readonly kernelDrops: number;
  /**
   * Drops that the clients account for: synRetransmissions + abandoned + halfOpenLost + datagramsLost − timeWaitDropped −
   * listenDropped − chainRefused − clashDropped − ruleDropped.
   */
  readonly explainedByClients: number;
  /** Ratio explainedByClients ÷ kernelDrops; null without drops. */
  readonly share: number | null;
  /** SYNs that the kernel of the client's namespace retransmitted, and that of a gateway that connects to the backend itself. */
  readonly synRetransmissions: number;
  /** Attempts abandoned before they connected, and connections that such a gateway gave up. */
  readonly abandoned: number;
  /** SYNs of half-open floods that did not arrive at the backend. */
  readonly halfOpenLost: number;
  /** Datagrams of udp floods, and replies to them, that one kernel sent and the next did not receive. */
  readonly datagramsLost: number;
  /**
   * SYNs that the backend dropped because they met a connection in TIME_WAIT; each was retransmitted or abandoned. 0 if the
   * backend is not visible to ctload.
   */
  readonly timeWaitDropped: number;
  /**
   * SYNs that the backend's listen queues dropped, as many as the table's drops leave unexplained. 0 if the backend is not visible to
   * ctload.
   */
  readonly listenDropped: number;
  /** Packets that the gateway dropped because the hash chain of their entry was too long, counted likewise. */
  readonly chainRefused: number;
  /** Packets that it dropped because masquerade found no free source port, or another entry had their tuple, counted likewise. */
  readonly clashDropped: number;
  /** Packets that named counters of the scenario's own rules (gateway.rules) counted as dropped, likewise. */
  readonly ruleDropped: number;
  /**
   * Segments other than SYNs that client and backend retransmitted, through VXLAN also the backend's SYN-ACKs, and those of a gateway
   * that ends connections itself; at most this many drops were packets of connections that had no entry, or not in that direction.
   */
  readonly laterRetransmissions: number;
  /** Behind such a gateway, resets that could be of connections without an entry, which nobody retransmits; else 0. */
  readonly laterResets: number;
  /** Packets that the machine dropped between its namespaces because a CPU's backlog queue was full. */
  readonly backlogDropped: number;
  /** Of `synRetransmissions`, those by the gateway's own kernel: of a proxy, whose connections to the backend are entries too. */
  readonly upstreamRetransmissions: number;
  /** Of `abandoned`, connections to the backend that the gateway gave up. */
  readonly upstreamAbandoned: number;
}
