import type { Dataplane } from '../model/input/dataplanes.ts';
import type { Scenario } from '../model/input/scenario.ts';
import { type Forwarding, forwardingText, standard, trackingOf } from '../model/input/tracking.ts';
import { instanceType } from '../model/node/instance-types.ts';
import { ASSUMED_KUBE_PROXY, KUBE_PROXY_DEFAULTS } from '../model/node/kube-proxy.ts';
import { fieldsOfRelease } from '../model/node/kube-proxy-fields.ts';
import { nodeLimit } from '../model/node/limit.ts';
import { estimateMemTotal } from '../model/node/memory.ts';
import type { Traffic } from '../model/node/traffic.ts';
import { parseVersion } from '../model/node/version.ts';
import type { KubeProxyVariant, PlanReport, Recommendation, TypeLimit } from '../model/result/plan/plan.ts';
import { VERSION } from '../platform/version.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { planAlert } from '../sizing/advice/alert-plan.ts';
import { fromCatalogue, fromList, type LimitRule, smallestTypes } from '../sizing/advice/pool.ts';
import { kubeProxyFields, sizeFor, sufficientTimeouts } from '../sizing/advice/recommend.ts';
import { type RemedyOptions, remediesFor } from '../sizing/advice/remedies.ts';
import { sensitivityOf } from '../sizing/advice/sensitivity.ts';
import type { Census } from '../sizing/listing/census.ts';
import { type ObserveOptions, observe } from '../sizing/listing/observe.ts';
import { loadOn, type PlanInputs } from '../sizing/node-load.ts';
import { scenarioPorts, sourcePortsOf } from '../sizing/source-ports.ts';
import { componentsOf } from '../sizing/streams.ts';
import type { SteadyComponent } from '../sizing/table-model.ts';
import { streamsOfFlags, streamsOfScenario, type TrafficFlags } from '../sizing/traffic.ts';
import { calibrateFrom } from './planning/calibration.ts';
import { plannedNodes } from './planning/plan-node.ts';
import type { NodeFlags, PlannedNode } from './planning/planned-node.ts';
import { refuseDestinations, refuseUnused } from './planning/unused.ts';

export interface PlanRequest {
  readonly loaded: LoadedScenario | undefined;
  readonly node: NodeFlags;
  readonly traffic: TrafficFlags;
  /** A listing of a conntrack table whose load is to be planned for. */
  readonly table?: TableRequest | undefined;
  readonly peakFactor: number;
  readonly replicas: number;
  /** If absent: the scenario's, else iptables. */
  readonly dataplane: Dataplane | undefined;
  /** Destinations of the load; if absent, enough. */
  readonly destinations?: number | undefined;
  /** Entries of a connection; if absent, those of the dataplane. */
  readonly entriesPerConnection?: number | undefined;
  /** Timeouts in seconds by short name; they take precedence over all others. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly headroom: number;
  readonly alertMinutes: number;
  /** Folder of a run whose measurements replace constants of the model. */
  readonly from: string | undefined;
  readonly command: string;
  readonly createdAt: Date;
}

/** A listing, and how to read it. */
export interface TableRequest extends Omit<ObserveOptions, 'timeouts'> {
  readonly census: Census;
}

/** A plan without the parts that need a lab, a judgement or a layout. */
export type Plan = Omit<PlanReport, 'verification' | 'requirements' | 'writes' | 'paste'>;

/** A plan and the inputs that it was computed from. */
export interface MadePlan {
  readonly plan: Plan;
  readonly setting: PlanInputs;
  readonly forwarding: Forwarding;
}

/**
 * Computes everything that `ctload plan` reports by arithmetic alone; no lab is built.
 * @throws {CtloadError} exit 2 for flags that contradict each other, 112 when `--here` finds no conntrack.
 */
export function makePlan(request: PlanRequest): MadePlan {
  const run = request.from === undefined ? undefined : calibrateFrom(request.from);
  const scenario = (request.loaded ?? run?.loaded)?.scenario;
  const nodes = plannedNodes(request.node, scenario);
  const [first] = nodes;
  const forwarding = forwardingOf(request, scenario);
  refuseDestinations(request.destinations, forwarding);
  const { flows, outer } = trackingOf(forwarding);
  const residue = run?.calibration.residue ?? 1;
  const entriesPerConnection = (flows + outer) * residue;
  const givenTimeouts = {
    ...first.timeouts,
    ...scenario?.gateway.conntrack.timeouts,
    ...first.setTimeouts,
    ...request.timeouts,
  };
  const observed = request.table && observe(request.table.census, { ...request.table, timeouts: givenTimeouts });
  const timeouts = { ...givenTimeouts, ...observed?.timeouts };
  const streams = [
    ...(scenario === undefined ? [] : streamsOfScenario(scenario)),
    ...(observed?.streams ?? []),
    ...streamsOfFlags(request.traffic),
  ];
  const traffic: Traffic = {
    streams,
    peakFactor: request.peakFactor,
    replicas: request.replicas,
    entriesPerConnection,
    ...(outer === 0 ? {} : { outerPerConnection: outer * residue }),
  };
  const lag = run?.calibration.gcLagSeconds ?? null;
  const settingOf = (table: PlanInputs['table']): PlanInputs => ({
    table,
    traffic,
    timeouts,
    headroom: request.headroom,
    ...(lag === null ? {} : { gcLagSeconds: lag }),
  });
  const setting = settingOf(first.limit);
  refuseUnused(request, first, setting);
  const load = loadOn(setting);
  const limits = nodes.length > 1 ? nodes.map((node) => typeLimit(node, settingOf(node.limit))) : [];
  const recommend = recommendation(nodes, setting, limits);
  const plan: Plan = {
    schema: 'ctload/plan@1',
    version: VERSION,
    createdAt: request.createdAt.toISOString(),
    command: request.command,
    assumptions: [
      ...first.assumptions,
      ...several(nodes),
      ...loadAssumptions(request, traffic, forwarding, scenario),
      ...(observed?.assumptions ?? []),
    ],
    node: first.node,
    limit: first.limit,
    readings: readingsOf(first),
    limits,
    headroom: request.headroom,
    traffic: streams,
    entriesPerConnection,
    timeouts,
    load: {
      ...load,
      ...(observed?.load ?? NOTHING_OBSERVED),
      ...portsOf(request, scenario, { load, forwarding, components: componentsOf(traffic, timeouts) }),
    },
    table: observed?.table ?? null,
    sensitivity: streams.length === 0 || entriesPerConnection === 0 ? [] : sensitivityOf(setting),
    recommend,
    remedies: streams.length === 0 ? [] : remediesFor(setting, { forwarding, biggerNode: biggerNode(first, recommend) }),
    alerts: planAlert(componentsOf(traffic, timeouts), load, first.limit.max, request.alertMinutes),
    calibration: run?.calibration ?? null,
  };
  return { plan, setting, forwarding };
}

/** The source ports that the load needs: for the destinations of the request, else for those that the scenario names. */
function portsOf(
  { destinations }: PlanRequest,
  scenario: Scenario | undefined,
  {
    load,
    forwarding,
    components,
  }: {
    readonly load: Parameters<typeof sourcePortsOf>[0];
    readonly forwarding: Forwarding;
    readonly components: readonly SteadyComponent[];
  },
): Pick<PlanReport['load'], 'sourcePorts'> {
  if (destinations !== undefined) return { sourcePorts: sourcePortsOf(load, destinations) };
  if (scenario === undefined) return {};
  const masking = scenario.gateway.dataplane === forwarding.dataplane ? scenario.gateway : forwarding;
  const sourcePorts = scenarioPorts(scenario, masking, components);
  return sourcePorts === undefined ? {} : { sourcePorts };
}

const NOTHING_OBSERVED = {
  rate: null,
  held: null,
  dnsFlows: null,
  udpFlows: null,
  closeWaitRate: null,
  halfOpenRate: null,
  leakRate: null,
} as const;

/** That of the scenario, unless the request or kube-proxy's configuration names another dataplane, with its standard settings. */
function forwardingOf(request: PlanRequest, scenario: Scenario | undefined): Forwarding {
  const dataplane = request.dataplane ?? dataplaneOf(scenario?.gateway.dataplane, request.node.kubeProxyFile?.mode);
  const forwarding = scenario?.gateway.dataplane === dataplane ? scenario.gateway : standard(dataplane);
  const { entriesPerConnection } = request;
  return entriesPerConnection === undefined ? forwarding : { ...forwarding, entriesPerConnection };
}

/** A scenario's gateway that is not kube-proxy's counts whatever the mode of kube-proxy is; otherwise that mode, where it is given. */
function dataplaneOf(scenario: Dataplane | undefined, mode: string | null | undefined): Dataplane {
  const modes: readonly Dataplane[] = ['iptables', 'ipvs', 'nftables'];
  const known = modes.find((one) => one === mode);
  return scenario !== undefined && !modes.includes(scenario) ? scenario : (known ?? scenario ?? 'iptables');
}

function several([first, ...others]: readonly [PlannedNode, ...PlannedNode[]]): string[] {
  if (others.length === 0) return [];
  return [
    `the figures are for ${first.node.instanceType}, the first instance type given; the table of instance types has the others`,
  ];
}

function loadAssumptions(
  request: PlanRequest,
  traffic: Traffic,
  forwarding: Forwarding,
  scenario: Scenario | undefined,
): string[] {
  const { peakFactor, replicas, entriesPerConnection } = traffic;
  const { keepaliveRequests = 1 } = request.traffic;
  return [
    ...(traffic.streams.length === 0
      ? ['no load given; only the limit is computed (add --rate, --websockets, a scenario, …)']
      : []),
    ...(scenario === undefined ? [] : [`the floods of scenario ${scenario.name}, each at its peak, indefinitely`]),
    ...(scenario?.gateway.rules === undefined ? [] : ['without the scenario’s own rules']),
    ...(scenario?.actions === undefined ? [] : ['the table as it is before the scenario’s actions']),
    `${forwardingText(forwarding)}: ${Number(entriesPerConnection.toFixed(3))} conntrack ${entriesPerConnection === 1 ? 'entry' : 'entries'} per connection`,
    ...(keepaliveRequests > 1 ? [`${keepaliveRequests} requests per connection; the rates below are of connections`] : []),
    ...(peakFactor === 1 ? [] : [`all load is multiplied by ${peakFactor} at the peak`]),
    ...(replicas === 1 ? [] : [`the load is shared evenly by ${replicas} nodes`]),
  ];
}

const RELEASES = [
  ['none', undefined],
  ['1.7 to 1.22', '1.22'],
  ['1.23 to 1.28', '1.28'],
  ['1.29 to 1.35', '1.35'],
  ['1.36.0 to 1.36.5, 1.37.0, 1.37.1', '1.37.1'],
  ['1.36.6, ≥ 1.37.2', '1.37.2'],
] as const;

/** The limit of the same node under the rule of every kube-proxy release. */
function readingsOf({ inputs, kubeProxy, kubeProxyFields }: PlannedNode): KubeProxyVariant[] {
  if (inputs === null) return [];
  return RELEASES.map(([name, release]) => {
    const version = release === undefined ? undefined : parseVersion(release);
    const under =
      version === undefined ? null : { ...kubeProxy, version, conntrack: fieldsOfRelease(kubeProxyFields, version).conntrack };
    const { policy, max, buckets } = nodeLimit(inputs, under);
    return { kubeProxy: name, policy, max, buckets };
  });
}

function typeLimit({ node, limit }: PlannedNode, setting: PlanInputs): TypeLimit {
  const { steps: _, ...numbers } = limit;
  const { byState, breaksFirst, ...load } = loadOn(setting);
  return {
    instanceType: node.instanceType ?? node.source,
    cores: node.cores ?? 0,
    memBytes: node.memoryBytes ?? 0,
    ...numbers,
    ...load,
  };
}

function recommendation(
  nodes: readonly [PlannedNode, ...PlannedNode[]],
  setting: PlanInputs,
  limits: readonly TypeLimit[],
): Recommendation {
  const [first] = nodes;
  const size = sizeFor(setting, { kernel: first.kernel, memTotalBytes: first.node.memTotalBytes });
  const asked = limits.length > 0;
  const limitOf = limitRule(first);
  const mostCores = Math.max(...nodes.map(({ node }) => node.cores ?? 1));
  const version = first.kubeProxy?.version ?? ASSUMED_KUBE_PROXY;
  const conntrack = first.kubeProxy?.conntrack ?? KUBE_PROXY_DEFAULTS;
  return {
    ...size,
    timeouts: sufficientTimeouts(setting),
    instanceTypes: asked
      ? limits.filter(({ keepsHeadroom }) => keepsHeadroom).map((one) => one.instanceType)
      : smallestTypes(limitOf, size.max),
    tooSmall: limits.filter(({ keepsHeadroom }) => !keepsHeadroom).map((one) => one.instanceType),
    nodePool: asked ? fromList(limits) : fromCatalogue(limitOf, size.max),
    kubeProxy: kubeProxyFields(size.max, conntrack, version, mostCores),
  };
}

/** The first of the recommended instance types, where that is another one than the node's, with its table. */
function biggerNode({ node, inputs, kubeProxy }: PlannedNode, recommend: Recommendation): RemedyOptions['biggerNode'] {
  const type = instanceType(recommend.instanceTypes.find((name) => name !== node.instanceType) ?? '');
  if (inputs === null || type === undefined) return undefined;
  const memTotalBytes = estimateMemTotal(type.memoryBytes);
  return { name: type.name, table: nodeLimit({ ...inputs, cores: type.cores, memTotalBytes }, kubeProxy) };
}

/** nf_conntrack_max of any EC2 type under the rules of this node; undefined when the node's limit is not computed. */
function limitRule({ inputs, kubeProxy }: PlannedNode): LimitRule | undefined {
  if (inputs === null) return undefined;
  return ({ cores, memoryBytes }) => nodeLimit({ ...inputs, cores, memTotalBytes: estimateMemTotal(memoryBytes) }, kubeProxy).max;
}
