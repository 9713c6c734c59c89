import type { OtherTable, Reason } from '../../model/result/findings.ts';
import type { Accounting, Summary } from '../../model/result/summary.ts';
import { recordedTracking } from '../../model/timeline/tracking.ts';
import type { Reconciliation } from '../accounting/accounting.ts';
import type { PortRefusals } from '../accounting/port-refusals.ts';
import type { Refusals } from '../accounting/refusals.ts';
import { TOLERANCE } from '../accounting/tolerance.ts';
import type { FirstDrop } from '../breaking-point/breaking-point.ts';
import type { FullChains } from '../breaking-point/full-chains.ts';
import type { SpentPorts } from '../breaking-point/spent-ports.ts';
import type { OtherTraffic } from '../causes/other-traffic.ts';
import { interference } from '../interference/interference.ts';
import type { AttemptTotals } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';
import { showsLoad } from '../metrics/gateways.ts';

/** The tables of the path that must not drop anything if the gateway's is to be the cause. */
export const OTHER_TABLES = ['client', 'backend', 'host'] as const satisfies readonly OtherTable[];

/** Share of the attempts whose entry may be refused without making the record doubtful. */
const REFUSED = 0.001;

/** Entries that other packets than the load's may have, and the same as a share of the attempts. */
const FEW = 20;
const FEW_SHARE = 0.01;

/** Fewer connections than this per request mean that requests shared one. */
const LEAST_CONNECTIONS_PER_REQUEST = 0.99;

export interface CheckInputs {
  readonly log: Pick<
    RunLog,
    'meta' | 'tables' | 'gateways' | 'clocks' | 'tableCheck' | 'events' | 'actions' | 'ruleDrops' | 'end' | 'loads'
  >;
  readonly attempts: AttemptTotals;
  readonly accounting: Accounting;
  readonly reconciliation: Reconciliation;
  /** What a live gateway's table dropped of other clients' packets; undefined where there is no such traffic. */
  readonly otherTraffic: OtherTraffic | undefined;
  /** The first drop in the gateway's table, if there was one. */
  readonly firstDrop: FirstDrop | undefined;
  readonly generator: Summary['generator'];
  readonly refusals: Refusals;
  /** Undefined when no client lost a packet because a hash chain was too long. */
  readonly fullChains: FullChains | undefined;
  readonly portRefusals: PortRefusals;
  /** Undefined when no client is known to have lost a packet because the gateway had no source port for it. */
  readonly spentPorts: SpentPorts | undefined;
}

/** Everything that keeps the record from proving anything. */
export function validityChecks(inputs: CheckInputs): Reason[] {
  const { log, attempts } = inputs;
  return [...recordDoubts(inputs), ...interference({ ...log, attempts }), ...tableDoubts(inputs), ...clientDoubts(inputs)];
}

function recordDoubts({ log, generator }: CheckInputs): Reason[] {
  const found: Reason[] = [];
  for (const { name, detail } of log.events) {
    if (name === 'lease-lost') found.push({ code: 'capacity-changed', figures: { detail } });
    if (name === 'action-failed') found.push({ code: 'action-failed', figures: { detail } });
    if (name === 'client-lost') found.push({ code: 'client-lost', figures: { detail } });
    if (name === 'process-lost') found.push({ code: 'process-lost', figures: { detail } });
  }
  if (log.end === undefined) found.push({ code: 'recording-truncated', figures: {} });
  if (log.end?.outcome === 'failed' && found.length === 0) {
    found.push({ code: 'run-failed', figures: { detail: log.end.detail } });
  }
  if (log.tables.gateway.samples.length === 0) {
    const monitored = log.meta.lab.capacity.method !== 'unknown';
    found.push({ code: monitored ? 'table-not-sampled' : 'table-not-monitored', figures: {} });
  } else if (!log.tables.gateway.counted) found.push({ code: 'drops-not-counted', figures: {} });
  const { connectionsPerRequest } = generator;
  if (connectionsPerRequest !== null && connectionsPerRequest < LEAST_CONNECTIONS_PER_REQUEST) {
    found.push({ code: 'connections-shared', figures: { connectionsPerRequest } });
  }
  return found;
}

function tableDoubts({ log, attempts, refusals, fullChains, portRefusals, spentPorts }: CheckInputs): Reason[] {
  const found: Reason[] = [];
  for (const table of OTHER_TABLES) {
    const { totals, samples } = log.tables[table];
    const atSeconds = samples.find(({ drop }) => drop > 0)?.t;
    if (atSeconds === undefined) continue;
    const listable = log.meta.lab.capacity.method === 'in-force' || log.meta.lab.capacity.method === 'unknown';
    found.push({ code: 'other-table-dropped', figures: { table, drops: totals.drop, atSeconds, listable } });
  }
  if (isElsewhere(log)) found.push({ code: 'load-not-in-table', figures: {} });
  if (isUntracked(log) && !showsNothing(log, attempts)) {
    const entries = log.tables.gateway.peakEntries - log.meta.lab.capacity.prefilled;
    found.push({ code: 'load-in-table', figures: { dataplane: log.meta.lab.dataplane, entries } });
  }
  const { impossible, totals } = log.tables.gateway;
  const byChains = fullChains === undefined ? 0 : refusals.refused;
  const byPorts = spentPorts === undefined ? 0 : portRefusals.packets;
  const { chainTooLong } = log.tables.gateway;
  const clashes = totals.insertFailed - chainTooLong - byPorts;
  const insertFailed = Math.max(0, clashes - followingEvictions(log.tables.gateway, refusals)) + chainTooLong - byChains;
  if (insertFailed > REFUSED * attempts.all.attempted) found.push({ code: 'inserts-refused', figures: { insertFailed } });
  if (impossible !== undefined) {
    const { entries, t: atSeconds } = impossible;
    found.push({
      code: 'impossible-entries',
      figures: { entries, atSeconds, capacity: log.tables.gateway.capacity.mostUntil(atSeconds) },
    });
  }
  return found;
}

/**
 * Insertions that evictions may have made fail. Without its entry a flow goes on as a new one from whichever end sends first
 * (tcp_loose); if both do, the second entry clashes with the first, and nf_nat keeps the source port in that case: 28 for 457
 * evictions (6.1). Other clashes look the same, so no more than the tolerance leaves undecided anyway.
 */
function followingEvictions({ samples, totals }: RunLog['tables']['gateway'], { fromSeconds }: Refusals): number {
  const evictedFrom = samples.find(({ earlyDrop }) => earlyDrop > 0)?.t ?? Number.POSITIVE_INFINITY;
  return fromSeconds < evictedFrom ? 0 : Math.min(totals.earlyDrop, TOLERANCE * totals.drop);
}

/** Whether an external gateway's table hardly moved while connections were made; of several, the fullest. */
function isElsewhere({ meta, tables, loads }: CheckInputs['log']): boolean {
  return meta.lab.capacity.method === 'in-force' && !showsLoad(tables.gateway, loads);
}

/** Whether the gateway's dataplane takes the load past conntrack. */
export function isUntracked({ meta }: Pick<RunLog, 'meta'>): boolean {
  const tracking = recordedTracking(meta.lab);
  return tracking !== undefined && tracking.flows + tracking.outer === 0;
}

/** Whether the gateway's table rose by no more than what passes through it besides the load. */
function showsNothing({ meta, tables: { gateway } }: CheckInputs['log'], attempts: AttemptTotals): boolean {
  return gateway.peakEntries - meta.lab.capacity.prefilled <= Math.max(FEW, FEW_SHARE * attempts.all.attempted);
}

function clientDoubts({ accounting, reconciliation, otherTraffic, firstDrop }: CheckInputs): Reason[] {
  if (firstDrop === undefined) return [];
  const { kernelDrops, explainedByClients, share } = accounting;
  const found: Reason[] = [];
  if (!firstDrop.confirmed) {
    found.push({ code: 'drops-unconfirmed', figures: { kernelDrops, atSeconds: firstDrop.point.atSeconds } });
  }
  if (otherTraffic !== undefined) return found;
  if (share !== null && (reconciliation === 'clients-saw-less' || reconciliation === 'clients-saw-more')) {
    const clientsSaw = reconciliation === 'clients-saw-more' ? 'more' : 'less';
    found.push({ code: 'counters-disagree', figures: { kernelDrops, explainedByClients, ratio: share, clientsSaw } });
  }
  return found;
}
