import type { FailureCause } from '../timeline/attempt.ts';
import type { Capacity } from '../timeline/capacity.ts';
import type { Environment, RunFacts, ScenarioFacts } from '../timeline/run.ts';
import type { SamplerRecord } from '../timeline/sample.ts';
import type { FloodSummary } from './flood-summary.ts';

/** `summary.json`, schema `ctload/summary@1`. Seconds, milliseconds (keys ending in `Ms`), bytes. Keys are added, never renamed. */
export interface Summary {
  readonly schema: 'ctload/summary@1';
  /** Which run it is. */
  readonly run: RunFacts & {
    /** From the start of the load to the end of the record. */
    readonly durationSeconds: number;
  };
  /** What the load was. */
  readonly scenario: Pick<ScenarioFacts, 'name' | 'description' | 'sha256'>;
  /** What it ran on. */
  readonly environment: Environment;
  /** The gateway's table. */
  readonly conntrack: ConntrackSummary;
  /** What the run shows. */
  readonly verdict: Verdict;
  /** null: it did not break, or nobody can tell. */
  readonly breakingPoint: BreakingPoint | null;
  /** Every failed or delayed attempt under one cause, the most frequent first. */
  readonly attribution: readonly Attribution[];
  /** What the kernel dropped, beside what the clients lost. */
  readonly accounting: Accounting;
  /** How what clients felt goes with how full the table was. */
  readonly correlation: {
    /** Pearson coefficient over 100 ms buckets; null when one side never varies. */
    readonly failuresVsUtilization: number | null;
    /** The same for connect times. */
    readonly latencyVsUtilization: number | null;
    /** 95 % bootstrap interval of the coefficient, low and high. */
    readonly failuresInterval: readonly [low: number, high: number] | null;
    /** The same for connect times. */
    readonly latencyInterval: readonly [low: number, high: number] | null;
    /** From the first full sample to the first attempt that felt it. */
    readonly lagSeconds: number | null;
  };
  /** From where clients felt it. */
  readonly knees: Knees;
  /** What arithmetic from the resolved scenario says, beside what was measured; empty when the scenario is not there. */
  readonly prediction: readonly PredictedQuantity[];
  /** What else of the gateway was used up at the break. */
  readonly headroom: Headroom;
  /** Whether the load was what it should have been; null: not known. */
  readonly generator: {
    /** Busiest agent, 1 = one core. */
    readonly cpuShare: number | null;
    /** Of the agent that was held up most. */
    readonly eventLoopDelayP99Ms: number | null;
    /** From the intended to the actual start of attempts, of the flood that was furthest behind. */
    readonly scheduleLagP99Ms: number | null;
    /** Local ports in use ÷ those there are, of the agent with the most. */
    readonly portsUsedShare: number | null;
    /** File descriptors open ÷ those allowed, of the agent with the most. */
    readonly fdsUsedShare: number | null;
    /** Attempts that were due but could not be begun in time. */
    readonly notStarted: number;
    /** Processes that made the load. */
    readonly agents: number;
    /** TCP connections the backend accepted from `short` and `long` floods ÷ requests and upgrades it served; 1 is one connection a request. */
    readonly connectionsPerRequest: number | null;
  };
  /** By their keys in the scenario. */
  readonly floods: Readonly<Record<string, FloodSummary>>;
  /** What thresholds can be put on, sub-metrics (`conns{flood:requests}`) included. */
  readonly metrics: Readonly<
    Record<
      string,
      {
        /** `counter`, `gauge`, `rate` or `trend`. */
        readonly type: string;
        /** By aggregation, e.g. `count` or `p(99)`; of a trend in milliseconds. Without a sample there is none. */
        readonly values: Readonly<Record<string, number>>;
      }
    >
  >;
  /** Every pass criterion, judged; of an invalid run that means nothing. */
  readonly thresholds: readonly {
    /** A metric or sub-metric. */
    readonly metric: string;
    /** k6's grammar, e.g. `p(99)<250`. */
    readonly expression: string;
    /** Whether it holds. */
    readonly ok: boolean;
    /** Null when the metric had no sample: then there is nothing to object to. */
    readonly observed: number | null;
    /** When crossing it stopped the load, which fails it for good; else null. */
    readonly stoppedAtSeconds: number | null;
  }[];
}

export interface ConntrackSummary {
  /** nf_conntrack_max in force; 0 when `method` is `unknown`, as are all figures of a table that was not read (`samples` 0). */
  readonly max: number;
  /** nf_conntrack_buckets in force. */
  readonly buckets: number;
  /** Entries the test could use: max − ballast. */
  readonly effectiveMax: number;
  /** How the table was made small; `in-force`: it was not, `unknown`: nobody read it. */
  readonly method: Capacity['method'];
  /** Why so, one sentence. */
  readonly methodReason: string;
  /** Synthetic entries that took up the rest of the table; 0 with a sysctl lease. */
  readonly ballast: number;
  /** Stale entries put in before the load; they count as entries. */
  readonly prefilled: number;
  /** Most entries at once, ballast not counted. */
  readonly peakEntries: number;
  /** How often the table was read. */
  readonly samples: number;
  /** Between two samples, as it should be. */
  readonly intervalMs: number;
  /** Packets dropped for want of an entry, as all counters here from the start of the load to the end. */
  readonly drop: number;
  /** Entries the kernel evicted to make room for a new one. */
  readonly earlyDrop: number;
  /** Entries that could not be put in. */
  readonly insertFailed: number;
  /** Lines "table full" of the kernel log; the kernel limits itself to 10 in 5 s. */
  readonly tableFullLogLines: number;
  /** exp(−16·u·N/B) with u measured at the break (0 assured-only). */
  readonly predictedDropShareWhenFull: number;
  /** Of the SYNs that met a full table, those dropped; the others evicted. null when the table never was full. */
  readonly measuredDropShareWhenFull: number | null;
  /** Drops in the tables that must stay out of it; those that nobody read are left out. */
  readonly otherTables: Readonly<
    Partial<
      Record<
        'client' | 'backend' | 'host',
        {
          /** Packets dropped. */
          readonly drop: number;
          /** Most entries at once. */
          readonly peakEntries: number;
        }
      >
    >
  >;
  /** How well the sampler of the gateway's table kept its schedule; null when there was none. */
  readonly sampler: Pick<SamplerRecord, 'onTimeShare' | 'lateP99Ms' | 'cpuShare'> | null;
}

/** Whether anybody read the gateway's table; where nobody did its figures stand at 0 and mean nothing. */
export function tableWasRead({ conntrack }: Pick<Summary, 'conntrack'>): boolean {
  return conntrack.method !== 'unknown';
}

export type VerdictKind = 'broke' | 'held' | 'inconclusive';
export type Validity = 'valid' | 'generator-bound' | 'inconclusive';

export interface Verdict {
  /** `broke`: the table was full and dropped. `held`: it took the load. */
  readonly kind: VerdictKind;
  /** `generator-bound`: the load was not what it should have been. Only a valid run proves what it says. */
  readonly validity: Validity;
  /** What most of the failed and delayed attempts come from; null when there are none. */
  readonly cause: FailureCause | null;
  /** One sentence each. */
  readonly reasons: readonly string[];
}

export interface BreakingPoint {
  /** Into the load. */
  readonly atSeconds: number;
  /** In the gateway's table, ballast not counted. */
  readonly entries: number;
  /** entries ÷ effectiveMax. */
  readonly utilization: number;
  /** Attempts scheduled a second around the break, all floods. */
  readonly offeredRate: number;
  /** Connections the clients held open at the break. */
  readonly openConnections: number;
  /** Composition of the table, of the listing nearest to the break. */
  readonly states: Readonly<Record<string, number>>;
  /** Into the load: when the kernel first evicted an entry for a new one; null when it never did. */
  readonly firstEarlyDropAtSeconds: number | null;
  /** Into the load: when the kernel first dropped a packet for want of an entry. */
  readonly firstDropAtSeconds: number;
  /** Into the load: when the first attempt was due that failed, or was connected only after a repeated SYN; null when there is none. */
  readonly firstFailureAtSeconds: number | null;
  /** From the first attempt to the first sample with a full table. */
  readonly timeToFullSeconds: number | null;
}

export interface Attribution {
  /** What it comes from. */
  readonly cause: FailureCause;
  /** Attempts that failed. */
  readonly failed: number;
  /** Attempts that connected only after a repeated SYN. */
  readonly delayed: number;
  /** failed + delayed. */
  readonly count: number;
  /** Of all failed and delayed attempts; the shares add up to 1. */
  readonly share: number;
  /** One sentence with the figures it rests on. */
  readonly evidence: string;
}

export interface PredictedQuantity {
  /**
   * `timeToFullSeconds`: from the start of the load to a full table. `peakEntries`: at their most. `steadyEntries`: when the load
   * has gone on for longer than any entry lives. `dropShareWhenFull`: of the SYNs that meet a full table. `entriesPerConnection`:
   * when the table is full or the load ends.
   */
  readonly quantity: 'timeToFullSeconds' | 'peakEntries' | 'steadyEntries' | 'dropShareWhenFull' | 'entriesPerConnection';
  /** null: the model says it does not come to that. */
  readonly predicted: number | null;
  /** null: the run did not come to that. */
  readonly measured: number | null;
  /** measured − predicted. */
  readonly difference: number | null;
}

export interface Knees {
  /** Utilization from which connect times rise or the kernel evicts, whichever comes first; null when neither shows. */
  readonly early: {
    /** What shows it. */
    readonly signal: 'latency' | 'early-drop';
    /** Entries ÷ capacity. */
    readonly utilization: number;
    /** 95 %: of a bootstrap for latency, the two samples around it for early drop. */
    readonly interval: readonly [low: number, high: number];
  } | null;
  /** The table is full; null when it never was. */
  readonly hard: {
    /** Entries ÷ capacity. */
    readonly utilization: number;
    /** Into the load. */
    readonly atSeconds: number;
  } | null;
  /** What the clients felt by tenths of the capacity; from 1 to 1 is the full table. */
  readonly byUtilization: readonly {
    /** Entries ÷ capacity, as is `to`. */
    readonly from: number;
    /** The end of the span. */
    readonly to: number;
    /** Attempts that were due then. */
    readonly attempted: number;
    /** Failed or delayed ÷ attempted. */
    readonly badShare: number;
    /** Median of the p99 connect times; null when none was connected then. */
    readonly connectingP99Ms: number | null;
  }[];
}

export interface Accounting {
  /** Packets the gateway's kernel dropped for want of an entry. */
  readonly kernelDrops: number;
  /** SYN retransmissions of the client's namespace + attempts abandoned before connected − SYNs dropped in TIME_WAIT + half-open SYNs lost + datagrams lost. */
  readonly explainedByClients: number;
  /** explainedByClients ÷ kernelDrops; null without drops. */
  readonly share: number | null;
  /** SYNs the clients' kernel repeated. */
  readonly synRetransmissions: number;
  /** Attempts given up before they were connected. */
  readonly abandoned: number;
  /** SYNs of half-open floods that the backend never saw. */
  readonly halfOpenLost: number;
  /** Datagrams of udp floods, and answers to them, that one kernel sent and the next never got. */
  readonly datagramsLost: number;
  /** SYNs the backend dropped because they met connections in TIME_WAIT: each was repeated or given up. 0 where the backend is out of sight. */
  readonly timeWaitDropped: number;
  /** Segments other than SYNs that client and backend repeated: as many drops at most were of packets of evicted flows. */
  readonly laterRetransmissions: number;
  /** Packets the machine itself lost between its namespaces, at full backlog queues: more than its cores could carry. */
  readonly backlogDropped: number;
}

export interface Headroom {
  /** CPU the machine spent at the break on anything but ctload's own processes, 0–1 of all cores. */
  readonly gatewayCpuShareAtBreak: number | null;
  /** Memory of the machine that was not available, 0–1. */
  readonly gatewayMemoryShareAtBreak: number | null;
  /** All of the machine, ctload's client, backend and probe included. */
  readonly hostCpuShareAtBreak: number | null;
}
