import type { FloodSummary, LatencySummary } from '../../model/result/flood-summary.ts';
import type { LatencyLog } from '../../model/result/latency.ts';
import { totalFailed } from '../../model/timeline/attempt.ts';
import { countByCause, type NamedFailure } from '../causes/attribution.ts';
import { type AttemptTotals, peakOpen } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';

/** What became of every flood, in the scenario's order. */
export function summarizeFloods(
  log: Pick<RunLog, 'meta' | 'gauges'>,
  attempts: AttemptTotals,
  failures: readonly NamedFailure[],
  latency: LatencyLog,
): Record<string, FloodSummary> {
  return Object.fromEntries(
    log.meta.scenario.floods.map(({ name, kind, executor }) => {
      const counts = attempts.of(name);
      const summary: FloodSummary = {
        kind,
        executor,
        attempted: counts.attempted,
        succeeded: counts.succeeded,
        failed: totalFailed(counts),
        notStarted: counts.notStarted,
        interrupted: counts.interrupted,
        delayed: counts.delayed,
        peakOpen: peakOpen(log.gauges, name),
        disconnected: counts.disconnected,
        heartbeats: counts.heartbeats,
        heartbeatsMissed: counts.heartbeatsMissed,
        failures: countByCause(failures.filter(({ flood }) => flood === name)),
        latencyMs: latencyOf(latency, name),
      };
      return [name, summary] as const;
    }),
  );
}

function latencyOf(latency: LatencyLog, flood: string): Record<string, LatencySummary> {
  const own = latency.filter((series) => series.flood === flood);
  return Object.fromEntries(own.map(({ phase, total }) => [phase, total] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}
