import { stringify } from 'yaml';
import type { Flood, Scenario } from '../model/scenario.ts';
import type { Threshold } from '../model/threshold.ts';
import { formatDuration } from '../model/units.ts';

/** The scenario as a file again, every default written out; `parseScenario` reads the same scenario back. */
export function renderScenario(scenario: Scenario): string {
  const { gateway, backend, probe, description, floods, thresholds, ...rest } = scenario;
  return stringify(
    {
      version: rest.version,
      name: rest.name,
      description: description.replaceAll('$', '$$$$'), // `$$` twice: one level for replaceAll, one for interpolation
      seed: rest.seed,
      lab: rest.lab,
      gateway: {
        dataplane: gateway.dataplane,
        conntrack: { ...gateway.conntrack, timeouts: mapValues(gateway.conntrack.timeouts, formatDuration) },
      },
      backend: withDurations(backend),
      probe: { interval: formatDuration(probe.intervalSeconds) },
      floods: Object.fromEntries(floods.map((flood) => [flood.name, renderFlood(flood)])),
      ...(thresholds.length === 0 ? {} : { thresholds: renderThresholds(thresholds) }),
      ...(scenario.find === undefined ? {} : { find: withDurations(scenario.find) }),
    },
    { lineWidth: 0 },
  );
}

/** By metric; in the short form where that says it all. */
function renderThresholds(thresholds: readonly Threshold[]): Record<string, unknown[]> {
  const byMetric = new Map<string, unknown[]>();
  for (const { metric, expression, abortOnFail, delayAbortEvalSeconds } of thresholds) {
    const delayAbortEval = formatDuration(delayAbortEvalSeconds);
    const isLong = abortOnFail || delayAbortEvalSeconds > 0;
    const entry = isLong ? { threshold: expression, abortOnFail, delayAbortEval } : expression;
    byMetric.set(metric, [...(byMetric.get(metric) ?? []), entry]);
  }
  return Object.fromEntries(byMetric);
}

/** `…Seconds: 5` → `…: 5s`; the shape's keys stand beside the flood's own. */
function renderFlood({ name: _, kind, shape, ...rest }: Flood): Record<string, unknown> {
  const { executor, ...numbers } = shape;
  return { kind, executor, ...withDurations(numbers), ...withDurations(rest) };
}

function withDurations(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]: [string, unknown]) => {
      if (Array.isArray(entry)) return [key, entry.map(withDurations)];
      return key.endsWith('Seconds') ? [key.slice(0, -'Seconds'.length), formatDuration(Number(entry))] : [key, entry];
    }),
  );
}

function mapValues<T>(record: Readonly<Record<string, number>>, change: (value: number) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
