import { stringify } from 'yaml';
import type { Action } from '../model/input/actions.ts';
import { translates } from '../model/input/dataplanes.ts';
import type { KubernetesSpec } from '../model/input/existing/kubernetes.ts';
import { type ExternalSpec, endpointText, type Place, placeText, tablePlaces } from '../model/input/external.ts';
import type { ProxySpec } from '../model/input/proxy.ts';
import type { OwnRules } from '../model/input/rules.ts';
import { type AnyScenario, type Flood, isExisting, isExternal, isKubernetes, type Scenario } from '../model/input/scenario.ts';
import type { Threshold } from '../model/input/threshold.ts';
import type { VmSpec } from '../model/input/vm.ts';
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
      ...renderLab(scenario),
      probe: withDurations(probe),
      ...(scenario.stopWhen === undefined ? {} : { stopWhen: scenario.stopWhen }),
      floods: Object.fromEntries(floods.map((flood) => [flood.name, renderFlood(flood)])),
      ...(isExisting(scenario) || scenario.actions === undefined ? {} : { actions: scenario.actions.map(renderAction) }),
      ...(thresholds.length === 0 ? {} : { thresholds: renderThresholds(thresholds) }),
      ...(isExisting(scenario) || scenario.find === undefined ? {} : { find: withDurations(scenario.find) }),
      ...(isExisting(scenario) ? {} : renderVariants(scenario)),
    },
    { lineWidth: 0 },
  );
}

function renderLab(scenario: AnyScenario): Record<string, unknown> {
  if (isExternal(scenario)) return { lab: renderExternal(scenario.lab) };
  if (!isKubernetes(scenario)) return renderBuilt(scenario);
  const { driver, kubernetes } = scenario.lab;
  const { family, ...spec } = kubernetes;
  const lab = { driver, ...(family === undefined ? {} : { family }), kubernetes: renderKubernetes(spec) };
  return { lab, backend: withDurations(scenario.backend) };
}

function renderKubernetes({ clients, backend, abortAt, ...rest }: Omit<KubernetesSpec, 'family'>): unknown {
  const pod = ({ resources: { cpu, memoryBytes }, ...placed }: KubernetesSpec['backend']) => {
    return { ...placed, resources: { cpu, memory: String(memoryBytes) } };
  };
  const abort = abortAt === 'none' ? abortAt : `${Math.round(abortAt * 1e6) / 1e4} %`;
  return escaped({ ...rest, abortAt: abort, clients: pod(clients), backend: pod(backend) });
}

function renderBuilt({ lab, gateway, backend }: Scenario): Record<string, unknown> {
  return {
    lab: lab.vm === undefined ? lab : { ...lab, vm: renderVm(lab.vm) },
    gateway: {
      dataplane: gateway.dataplane,
      ...(gateway.ipvs === undefined ? {} : { ipvs: gateway.ipvs }),
      ...(gateway.tunnel === undefined ? {} : { tunnel: gateway.tunnel }),
      ...(translates(gateway.dataplane) ? { masquerade: gateway.masquerade } : {}),
      ...(gateway.snatPorts === undefined ? {} : { snatPorts: gateway.snatPorts }),
      ...(gateway.entriesPerConnection === undefined ? {} : { entriesPerConnection: gateway.entriesPerConnection }),
      ...(gateway.rules === undefined ? {} : { rules: renderRules(gateway.rules) }),
      ...(gateway.proxy === undefined ? {} : { proxy: renderProxy(gateway.proxy) }),
      conntrack: { ...withDurations(gateway.conntrack), timeouts: mapValues(gateway.conntrack.timeouts, formatDuration) },
    },
    backend: withDurations(backend),
  };
}

function renderVariants({ variants, baseline }: Scenario): Record<string, unknown> {
  if (variants === undefined) return {};
  const rendered = variants.map(({ name, ...variant }) => [name, escaped(variant)]);
  return { variants: Object.fromEntries(rendered), ...(baseline === undefined ? {} : { baseline }) };
}

/** `$$` for `$` in all texts, as they will be interpolated; keys are not. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escaped(inner)]));
}

/** The rules themselves, so that a run can be repeated from its record. */
function renderRules({ tool, text, mode }: OwnRules): Record<string, unknown> {
  return { [tool === 'nft' ? 'nftables' : 'iptables']: text.replaceAll('$', '$$$$'), mode }; // as the description
}

function renderProxy({ config, ...rest }: ProxySpec): Record<string, unknown> {
  return config === undefined ? rest : { ...rest, config: config.replaceAll('$', '$$$$') }; // as the description
}

function renderAction(action: Action): Record<string, unknown> {
  const { at, ...deed } = withDurations(action);
  return 'timeouts' in action ? { at, timeouts: mapValues(action.timeouts, formatDuration) } : { at, ...deed };
}

function renderVm({ memoryBytes, ...rest }: VmSpec): Record<string, unknown> {
  return { ...rest, memory: String(memoryBytes) };
}

function renderExternal({ target, conntrack, client, ...rest }: ExternalSpec): Record<string, unknown> {
  return {
    ...rest,
    target: target.map(endpointText),
    conntrack: renderPlaces(tablePlaces({ conntrack })),
    client: placeText(client),
  };
}

function renderPlaces(places: readonly Place[]): string | readonly string[] {
  const texts = places.map(placeText);
  return texts.length > 1 ? texts : (texts[0] ?? 'none');
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
