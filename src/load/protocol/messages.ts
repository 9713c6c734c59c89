import type { BackendSpec } from '../../model/input/backend.ts';
import type { Endpoint, Route, Targets } from '../../model/input/lab.ts';
import type { ProxyProgram } from '../../model/input/proxy.ts';
import type { Flood } from '../../model/input/scenario.ts';
import type { AttemptCounts, Phase } from '../../model/timeline/attempt.ts';
import type { AgentRecord, BackendRecord } from '../../model/timeline/sample.ts';

/** Ticks between two reports of histograms. */
export const TICKS_PER_SLICE = 10;

/** The work of one agent of the fleet. */
export interface Assignment {
  readonly floods: readonly Flood[];
  readonly targets: Targets;
  /** Offsets in seconds at which the client's kernel sends an unanswered SYN. */
  readonly synSchedule: readonly number[];
  readonly seed: number;
  /** This agent's number: arrival i of a flood is its work when i mod `agents` is `agent`. */
  readonly agent: number;
  readonly agents: number;
}

export type AgentCommand =
  /** The agent is ready once it has these. */
  | ({ readonly type: 'prepare' } & Assignment)
  /** Absolute monotonic seconds. */
  | { readonly type: 'start'; readonly epoch: number }
  /** Start nothing new, finish what is in flight. */
  | { readonly type: 'stop' }
  /** Close every socket at once, count it, report. */
  | { readonly type: 'close' };

/** Outcomes that became known in one tick, of attempts scheduled in the tick that starts at `bucket`. */
export interface LoadCount extends Partial<AttemptCounts> {
  readonly flood: string;
  /** Ticks since the epoch. */
  readonly bucket: number;
  readonly firstBadAt?: number;
  /** As in `LoadRecord`. */
  readonly failedWith?: Readonly<Record<string, number>>;
}

export interface GaugeCount {
  readonly flood: string;
  readonly open: number;
  readonly connecting: number;
}

/** One interval histogram: compressed base64, values in µs. */
export interface HistogramSlice {
  readonly flood: string;
  readonly phase: Phase;
  readonly data: string;
}

export interface TickReport {
  readonly type: 'tick';
  /** Ticks since the epoch; everything up to `tick` × 0.1 s has been reported with it. */
  readonly tick: number;
  readonly loads: readonly LoadCount[];
  /** Only floods whose gauge changed. */
  readonly gauges: readonly GaugeCount[];
  readonly slices: readonly HistogramSlice[];
}

export type AgentReport = Omit<AgentRecord, 'type' | 't'>;

export type AgentMessage = TickReport | { readonly type: 'done'; readonly report: AgentReport };

/** How a backend process answers. */
export interface BackendBehaviour extends BackendSpec {
  /** Whether it keeps a connection unless the client wants it closed; else it closes after every response. */
  readonly keepsAlive: boolean;
}

export type BackendCommand =
  /** The process is ready once it listens. */
  | {
      readonly type: 'listen';
      readonly http: readonly Endpoint[];
      readonly stale: readonly Endpoint[];
      readonly udp: readonly Endpoint[];
      readonly dns?: readonly Endpoint[];
      readonly behaviour?: BackendBehaviour;
    }
  | { readonly type: 'count' };

/** The process is ready once it, or the program that it runs, listens. */
export type ProxyCommand =
  | { readonly type: 'listen'; readonly routes: readonly Route[] }
  | { readonly type: 'run'; readonly program: ProxyProgram }
  | { readonly type: 'count' };

export type ProxyMessage =
  /** The answer to `count`. */
  | { readonly type: 'complaints'; readonly complaints: Readonly<Record<string, number>> }
  /** The program, or one of its workers, has ended by itself: one sentence. */
  | { readonly type: 'ended'; readonly sentence: string };

export type BackendCounts = Omit<BackendRecord, 'type' | 't' | 'halfOpenSyns'>;

/** The answer to `count`. */
export interface BackendMessage {
  readonly type: 'counts';
  readonly counts: BackendCounts;
}
