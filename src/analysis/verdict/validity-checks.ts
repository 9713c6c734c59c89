import type { Accounting, Summary } from '../../model/result/summary.ts';
import type { Capacity } from '../../model/timeline/capacity.ts';
import type { TableOwner } from '../../model/timeline/sample.ts';
import { reconcile } from '../accounting/accounting.ts';
import type { Break } from '../breaking-point/breaking-point.ts';
import { totalAttempts } from '../log/load.ts';
import { type RunLog, tableIsKnown } from '../log/run-log.ts';
import { totalsOf } from '../log/table.ts';

/** The tables that must stay out of it, as a reader would name them. */
export const OTHER_TABLES = { client: "the client's", backend: "the backend's", host: "this machine's own" } as const;

/** Share of the attempts whose entry may be refused without making the record doubtful. */
const REFUSED = 0.001;

/** Fewer connections than this a request means that requests shared one. */
const LEAST_CONNECTIONS_PER_REQUEST = 0.99;

export interface CheckInputs {
  readonly log: RunLog;
  readonly accounting: Accounting;
  /** The first drop in the gateway's table, if there was one. */
  readonly first: Break | undefined;
  readonly generator: Summary['generator'];
}

/** Everything that keeps the record from proving anything, one sentence each. */
export function validityChecks(findings: CheckInputs): string[] {
  return [...recordDoubts(findings), ...tableDoubts(findings.log), ...clientDoubts(findings)];
}

function recordDoubts({ log, generator }: CheckInputs): string[] {
  const found: string[] = [];
  for (const { name, detail = 'no detail' } of log.events) {
    if (name === 'lease-lost') found.push(`The table's capacity was changed during the run: ${detail}.`);
    if (name === 'process-lost') found.push(`A process of the run was lost: ${detail}.`);
  }
  if (log.end === undefined) found.push('The record breaks off: ctload was killed before the run was over.');
  if (log.end?.outcome === 'failed' && found.length === 0) found.push(`The run failed: ${log.end.detail ?? 'no detail'}.`);
  if (!tableIsKnown(log)) found.push(outOfSight(log.meta.lab.capacity));
  const perRequest = generator.connectionsPerRequest;
  if (perRequest !== null && perRequest < LEAST_CONNECTIONS_PER_REQUEST) {
    found.push(`Requests shared connections: the backend saw ${perRequest.toFixed(3)} connections a request instead of 1.`);
  }
  return found;
}

function outOfSight({ method }: Capacity): string {
  if (method !== 'unknown') return "The gateway's table was never sampled.";
  return "The gateway's table is out of sight (lab.conntrack: none): only what the clients saw is known, and that proves nothing of the table.";
}

function tableDoubts(log: RunLog): string[] {
  const found: string[] = [];
  for (const owner of Object.keys(OTHER_TABLES) as (keyof typeof OTHER_TABLES)[]) {
    const { drop } = totalsOf(log.tables[owner]);
    if (drop > 0) found.push(`Another table on the path dropped packets: ${tableName(owner)} dropped ${drop}.`);
  }
  if (isElsewhere(log)) {
    found.push(
      'The connections of the load do not show in the table that was read: it is not that of their gateway, or nothing there tracks them.',
    );
  }
  const { insertFailed } = totalsOf(log.tables.gateway);
  if (insertFailed > REFUSED * totalAttempts(log).attempted) {
    found.push(
      `The gateway's kernel refused ${insertFailed} entries for other reasons than a full table (insert_failed): clashing tuples, or chains made too long by entries of other namespaces.`,
    );
  }
  const { impossible } = log.tables.gateway;
  if (impossible !== undefined) {
    const { effectiveMax } = log.meta.lab.capacity;
    found.push(
      `The gateway's table held ${impossible.entries} entries at ${impossible.t.toFixed(2)} s, more than its capacity of ${effectiveMax}.`,
    );
  }
  return found;
}

/**
 * Whether an external gateway's table hardly moved while connections were made. A tracked one leaves its entry for a second at
 * the least (the shortest timeout there can be), so the table must rise by what is connected within one bucket of the record.
 */
function isElsewhere(log: RunLog): boolean {
  const { samples, peakEntries } = log.tables.gateway;
  const first = samples.at(0);
  if (log.meta.lab.capacity.method !== 'in-force' || first === undefined || totalsOf(log.tables.gateway).drop > 0) return false;
  const most = log.loads.reduce((sum, { connected = 0 }) => Math.max(sum, connected), 0);
  return peakEntries - first.entries < most / 2;
}

function clientDoubts({ log, accounting, first }: CheckInputs): string[] {
  if (first === undefined) return [];
  const found: string[] = [];
  if (!first.confirmed) {
    found.push(
      `The kernel dropped ${accounting.kernelDrops} packets from ${first.point.atSeconds.toFixed(2)} s on, but no client failed or was delayed around then.`,
    );
  }
  const books = reconcile(accounting, totalsOf(log.tables.gateway).earlyDrop);
  if (books === 'clients-saw-less' || books === 'clients-saw-more') {
    found.push(
      `The books do not agree: the kernel dropped ${accounting.kernelDrops} packets, the clients account for ${accounting.explainedByClients} (share ${accounting.share?.toFixed(3)}), so something else ${books === 'clients-saw-more' ? 'lost packets too' : 'had packets dropped as well'}.`,
    );
  }
  return found;
}

function tableName(owner: TableOwner): string {
  return `${owner === 'gateway' ? "the gateway's" : OTHER_TABLES[owner]} table`;
}
