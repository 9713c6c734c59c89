import { tableBytes } from '../../model/node/table-memory.ts';
import { parseVersion } from '../../model/node/version.ts';
import type { MatrixFigureName } from '../../model/result/campaign/matrix.ts';
import { type Summary, tableWasRead } from '../../model/result/summary.ts';
import { figureValue } from '../compare/figures.ts';

/** What a run came to, search apart; undefined when it has no such figure, Infinity for what never came. */
export const FIGURE_OF: Readonly<Record<Exclude<MatrixFigureName, 'highest_value'>, (summary: Summary) => number | undefined>> = {
  breaking_point_seconds: metric('breaking_point_seconds', 'max'),
  first_loss_seconds: firstLoss,
  breaking_point_entries: metric('breaking_point_entries', 'max'),
  recovery_seconds: recovery,
  conn_failed: metric('conn_failed', 'rate'),
  conn_connecting_p99_ms: metric('conn_connecting', 'p(99)'),
  peak_entries: (summary) => (tableWasRead(summary) ? summary.conntrack.peakEntries - summary.conntrack.prefilled : undefined),
  ipvs_connections: ({ ipvs }) => ipvs?.connections,
  entries_per_connection: entriesPerConnection,
  table_memory_bytes: tableMemory,
  gateway_cpu_share: metric('gateway_cpu_share', 'avg'),
};

function metric(name: string, aggregation: string): (summary: Summary) => number | undefined {
  return (summary) => figureValue({ folder: '', summary, scenario: null }, { metric: name, aggregation });
}

/** When the first attempt was scheduled that a full table failed or delayed. */
function firstLoss({ breakingPoint, verdict }: Summary): number | undefined {
  if (breakingPoint !== null) return breakingPoint.firstFailureAtSeconds ?? Number.POSITIVE_INFINITY;
  return verdict.kind === 'held' ? Number.POSITIVE_INFINITY : undefined;
}

/** Nothing had to recover where the table held and the metric has no value. */
function recovery(summary: Summary): number | undefined {
  const measured = summary.metrics['recovery_seconds']?.values['max'];
  return summary.verdict.kind === 'held' ? measured : metric('recovery_seconds', 'max')(summary);
}

function entriesPerConnection({ prediction }: Summary): number | undefined {
  return prediction.find(({ quantity }) => quantity === 'entriesPerConnection')?.measured ?? undefined;
}

/** Of the most entries at once and the hash table; with ballast, which has the host's, of one bucket per entry that fits. */
function tableMemory(summary: Summary): number | undefined {
  const { conntrack, environment } = summary;
  const kernel = parseVersion(gatewayKernel(summary));
  if (kernel === undefined || !tableWasRead(summary)) return undefined;
  const buckets = conntrack.method === 'ballast' ? conntrack.effectiveMax : conntrack.buckets;
  return environment.driver === 'external' ? undefined : tableBytes({ max: conntrack.peakEntries, buckets }, kernel);
}

/** Release of the kernel that has the gateway's table. */
export function gatewayKernel({ environment }: Pick<Summary, 'environment'>): string {
  const [own] = Object.values(environment.machines ?? {});
  return own?.kernel ?? environment.kernel;
}
