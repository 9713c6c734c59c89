import type { FloodKind } from './flood-kind.ts';

/** k6's metric types (k6 documentation, "Metrics"). */
export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend';

/** Tags that a sub-metric may select: `conn_failed{flood:requests}`. */
export type MetricTag = 'flood' | 'cause' | 'alert';

export interface Metric {
  readonly type: MetricType;
  readonly tags: readonly MetricTag[];
  /** The kinds of floods that have the metric; if absent, all. */
  readonly kinds?: readonly FloodKind[];
  /** Only known after the run, so that it cannot stop one. */
  readonly afterwards?: true;
}

/** All metrics that a threshold can be set on. Trends are in milliseconds. */
export const METRICS = {
  conns: { type: 'counter', tags: ['flood'] }, // attempts started
  conn_failed: { type: 'rate', tags: ['flood', 'cause'] }, // of the attempts started
  conn_connecting: { type: 'trend', tags: ['flood'] }, // connect() to ESTABLISHED
  conn_waiting: { type: 'trend', tags: ['flood'], kinds: ['short', 'long', 'udp', 'icmp', 'dns'] }, // request sent to response head
  conn_duration: { type: 'trend', tags: ['flood'] }, // scheduled start to done
  conns_open: { type: 'gauge', tags: ['flood'] },
  dropped_iterations: { type: 'counter', tags: ['flood'] }, // attempts the generator could not start in time
  schedule_lag: { type: 'trend', tags: ['flood'] }, // scheduled to actual start
  ws_connecting: { type: 'trend', tags: ['flood'], kinds: ['long'] }, // connect() to upgraded
  ws_session_duration: { type: 'trend', tags: ['flood'], kinds: ['long'] }, // upgraded to closed, or to the end of the load
  conntrack_entries: { type: 'gauge', tags: [] },
  conntrack_utilization: { type: 'gauge', tags: [] }, // entries ÷ capacity
  conntrack_drop: { type: 'counter', tags: [] },
  conntrack_early_drop: { type: 'counter', tags: [] },
  conntrack_insert_failed: { type: 'counter', tags: [] },
  tcp_syn_retrans: { type: 'counter', tags: [] }, // in the client's namespace
  connections_lost: { type: 'counter', tags: ['flood'], kinds: ['long'] }, // held connections that closed early
  breaking_point_entries: { type: 'gauge', tags: [], afterwards: true },
  breaking_point_rate: { type: 'gauge', tags: [], afterwards: true }, // scheduled attempts per second
  breaking_point_seconds: { type: 'gauge', tags: [], afterwards: true }, // after the start of the load
  recovery_seconds: { type: 'gauge', tags: [], afterwards: true }, // from the break until new connections succeed as before it
  alert_lead_seconds: { type: 'gauge', tags: ['alert'], afterwards: true }, // from firing until the first lost request
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

export function metricNamed(name: string): Metric | undefined {
  return Object.hasOwn(METRICS, name) ? METRICS[name as MetricName] : undefined;
}

/** The values of one metric by aggregation: `count`, `p(99)`, …; without samples an aggregation has no key. */
export type MetricValues = Readonly<Record<string, number>>;

/** A metric, or the part of it that has some tags. */
export interface Selector {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Parses `conn_failed{flood:requests}` as k6 does: tags are separated by commas, and keys and values may have quotes and spaces
 * around them. Undefined when the braces or a tag are malformed; names are not checked.
 */
export function parseSelector(text: string): Selector | undefined {
  const [, name, inside] = /^([^{}]+)(?:\{([^{}]*)\})?$/.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const tags = (inside?.split(',') ?? []).map((tag) => /^([^:]+):(.+)$/s.exec(tag));
  if (tags.includes(null)) return undefined;
  return { name: name.trim(), tags: Object.fromEntries(tags.map((tag) => [bare(tag?.[1]), bare(tag?.[2])])) };
}

/** The normal form of a selector, tags in alphabetical order: `conn_failed{cause:refused,flood:requests}`. */
export function selectorText({ name, tags }: Selector): string {
  const list = Object.keys(tags).sort();
  return list.length === 0 ? name : `${name}{${list.map((tag) => `${tag}:${tags[tag]}`).join(',')}}`;
}

function bare(text = ''): string {
  return text.trim().replace(/^["']+|["']+$/g, '');
}
