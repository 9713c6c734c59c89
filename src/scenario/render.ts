import { stringify } from 'yaml';
import { translates } from '../model/input/dataplanes.ts';
import { type ExternalSpec, endpointText, placeText } from '../model/input/external.ts';
import { type AnyScenario, type Flood, isExternal, type Scenario, type VmSpec } from '../model/input/scenario.ts';
import type { Threshold } from '../model/input/threshold.ts';
import { formatDuration } from '../model/units.ts';

/** The scenario as YAML with every default written out; `parseScenario` reads the same scenario back. */
export function renderScenario(scenario: AnyScenario): string {
  const { probe, description, floods, thresholds, ...rest } = scenario;
  return stringify(
    {
      version: rest.version,
      name: rest.name,
      description: description.replaceAll('$', '$$$$'), // `$$` twice: one level for replaceAll, one for interpolation
      seed: rest.seed,
      ...(isExternal(scenario) ? { lab: renderExternal(scenario.lab) } : renderBuilt(scenario)),
      probe: { interval: formatDuration(probe.intervalSeconds) },
      ...(scenario.stopWhen === undefined ? {} : { stopWhen: scenario.stopWhen }),
      floods: Object.fromEntries(floods.map((flood) => [flood.name, renderFlood(flood)])),
      ...(thresholds.length === 0 ? {} : { thresholds: renderThresholds(thresholds) }),
      ...(isExternal(scenario) || scenario.find === undefined ? {} : { find: withDurations(scenario.find) }),
    },
    { lineWidth: 0 },
  );
}

function renderBuilt({ lab, gateway, backend }: Scenario): Record<string, unknown> {
  return {
    lab: lab.vm === undefined ? lab : { driver: lab.driver, vm: renderVm(lab.vm) },
    gateway: {
      dataplane: gateway.dataplane,
      ...(translates(gateway.dataplane) ? { masquerade: gateway.masquerade } : {}),
      conntrack: { ...withDurations(gateway.conntrack), timeouts: mapValues(gateway.conntrack.timeouts, formatDuration) },
    },
    backend: withDurations(backend),
  };
}

function renderVm({ memoryBytes, ...rest }: VmSpec): Record<string, unknown> {
  return { ...rest, memory: String(memoryBytes) };
}

function renderExternal({ target, conntrack, client, ...rest }: ExternalSpec): Record<string, unknown> {
  return {
    ...rest,
    target: target.map(endpointText),
    conntrack: conntrack === 'none' ? conntrack : placeText(conntrack),
    client: placeText(client),
  };
}

/** By metric; in the short form unless a threshold has more than its expression. */
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

/** `…Seconds: 5` → `…: 5s`; the keys of the shape are on the same level as the flood's own. */
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
