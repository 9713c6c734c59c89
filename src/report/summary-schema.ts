import { z } from 'zod';
import { FAILURE_CAUSES } from '../model/attempt.ts';
import type { Summary } from '../model/summary.ts';

const text = z.string();
const number = z.number();
const natural = z.int().nonnegative();
const share = z.number().min(0);
const seconds = z.number();
const cause = z.enum(FAILURE_CAUSES);
const interval = z.tuple([number, number]);
const texts = z.record(text, text);

const latency = z.object({
  min: number,
  p50: number,
  p90: number,
  p95: number,
  p99: number,
  'p99.9': number,
  max: number,
  count: natural,
});

const flood = z.object({
  kind: text,
  executor: text,
  attempted: natural,
  succeeded: natural,
  failed: natural,
  notStarted: natural,
  interrupted: natural,
  delayed: natural,
  peakOpen: natural,
  disconnected: natural,
  heartbeats: natural,
  heartbeatsMissed: natural,
  failures: z.partialRecord(cause, natural),
  latencyMs: z.record(text, latency).describe('milliseconds, by phase'),
});

const bystander = z.object({ drop: number, peakEntries: number });

const conntrack = z.object({
  max: natural,
  buckets: natural,
  effectiveMax: natural.describe('entries the test could use: max − ballast'),
  method: z.enum(['sysctl', 'ballast', 'in-force', 'unknown']).describe('unknown: nobody read the table; its figures are 0'),
  methodReason: text,
  ballast: natural,
  prefilled: natural,
  peakEntries: number.describe('ballast not counted'),
  samples: natural,
  intervalMs: number,
  drop: number,
  earlyDrop: number,
  insertFailed: number,
  tableFullLogLines: natural,
  predictedDropShareWhenFull: share.describe('exp(−16·u·N/B): share of new SYNs a full table drops'),
  measuredDropShareWhenFull: share.nullable(),
  otherTables: z.partialRecord(z.enum(['client', 'backend', 'host']), bystander).describe('those that were read'),
  sampler: z.object({ onTimeShare: share, lateP99Ms: number, cpuShare: share }).nullable(),
});

const breakingPoint = z.object({
  atSeconds: seconds,
  entries: number,
  utilization: share,
  offeredRate: number.describe('attempts scheduled a second around the break, all floods'),
  openConnections: number,
  states: z.record(text, natural),
  firstEarlyDropAtSeconds: seconds.nullable(),
  firstDropAtSeconds: seconds,
  firstFailureAtSeconds: seconds.nullable(),
  timeToFullSeconds: seconds.nullable(),
});

const predictedQuantity = z.object({
  quantity: z.enum(['timeToFullSeconds', 'peakEntries', 'steadyEntries', 'dropShareWhenFull', 'entriesPerConnection']),
  predicted: number.nullable(),
  measured: number.nullable(),
  difference: number.nullable(),
});

const knees = z.object({
  early: z.object({ signal: z.enum(['latency', 'early-drop']), utilization: share, interval }).nullable(),
  hard: z.object({ utilization: share, atSeconds: seconds }).nullable(),
  byUtilization: z.array(
    z.object({ from: share, to: share, attempted: natural, badShare: share, connectingP99Ms: number.nullable() }),
  ),
});

/** `summary.json`. Keys may be added to it, so unknown ones are no error. */
export const summarySchema = z.object({
  schema: z.literal('ctload/summary@1'),
  run: z.object({ id: text, startedAt: text, durationSeconds: seconds, version: text, seed: number, command: text }),
  scenario: z.object({ name: text, description: text, sha256: text }),
  environment: z.object({
    driver: text,
    rootless: z.boolean(),
    kernel: text,
    node: text,
    cpus: natural,
    memoryBytes: number,
    sysctls: texts,
    tools: texts,
  }),
  conntrack,
  verdict: z.object({
    kind: z.enum(['broke', 'held', 'inconclusive']),
    validity: z.enum(['valid', 'generator-bound', 'inconclusive']),
    cause: cause.nullable(),
    reasons: z.array(text),
  }),
  breakingPoint: breakingPoint.nullable(),
  attribution: z.array(z.object({ cause, failed: natural, delayed: natural, count: natural, share, evidence: text })),
  accounting: z.object({
    kernelDrops: number,
    explainedByClients: number,
    share: number.nullable(),
    synRetransmissions: number,
    abandoned: number,
    halfOpenLost: natural,
    datagramsLost: natural.describe('of udp floods, answers included: sent by one kernel, never received by the other'),
    laterRetransmissions: natural,
    backlogDropped: natural.describe('lost by the machine between its namespaces (/proc/net/softnet_stat)'),
  }),
  correlation: z.object({
    failuresVsUtilization: number.nullable(),
    latencyVsUtilization: number.nullable(),
    failuresInterval: interval.nullable(),
    latencyInterval: interval.nullable(),
    lagSeconds: number.nullable(),
  }),
  knees,
  prediction: z.array(predictedQuantity),
  headroom: z.object({
    gatewayCpuShareAtBreak: share.nullable(),
    gatewayMemoryShareAtBreak: share.nullable(),
    hostCpuShareAtBreak: share.nullable(),
  }),
  generator: z.object({
    cpuShare: share.nullable(),
    eventLoopDelayP99Ms: number.nullable(),
    scheduleLagP99Ms: number.nullable(),
    portsUsedShare: share.nullable(),
    fdsUsedShare: share.nullable(),
    notStarted: natural,
    agents: natural,
    connectionsPerRequest: number.nullable(),
  }),
  floods: z.record(text, flood),
  metrics: z.record(text, z.object({ type: text, values: z.record(text, number) })),
  thresholds: z.array(
    z.object({
      metric: text,
      expression: text,
      ok: z.boolean(),
      observed: number.nullable().describe('null when the metric had no sample'),
      stoppedAtSeconds: seconds.nullable().describe('when crossing it stopped the load'),
    }),
  ),
});

type Parsed = z.infer<typeof summarySchema>;
type ReadonlyDeep<T> = { readonly [K in keyof T]: ReadonlyDeep<T[K]> };

// The schema and the type say the same: either line fails to compile when a key is missing on one side.
export type SchemaCoversType = Summary extends ReadonlyDeep<Parsed> ? true : never;
export type TypeCoversSchema = Parsed extends Summary ? true : never;
true satisfies SchemaCoversType;
true satisfies TypeCoversSchema;

/** The JSON Schema (draft 2020-12) committed as summary.schema.json. */
export function summaryJsonSchema(): string {
  const schema = z.toJSONSchema(summarySchema, { io: 'input' });
  return `${JSON.stringify({ title: 'ctload summary.json', ...schema }, null, 2)}\n`;
}
