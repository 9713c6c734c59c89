import { DATAPLANES, type PlanDataplane } from '../model/input/dataplanes.ts';
import { ASSUMED_KUBE_PROXY, KUBE_PROXY_DEFAULTS } from '../model/node/kube-proxy.ts';
import { fieldsOfRelease } from '../model/node/kube-proxy-fields.ts';
import { nodeLimit } from '../model/node/limit.ts';
import { estimateMemTotal } from '../model/node/memory.ts';
import type { Traffic } from '../model/node/traffic.ts';
import { parseVersion } from '../model/node/version.ts';
import type { KubeProxyVariant, PlanReport, Recommendation, TypeLimit } from '../model/result/plan.ts';
import { VERSION } from '../platform/version.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { planAlert } from '../sizing/alert-plan.ts';
import { loadOn, type PlanInputs } from '../sizing/node-load.ts';
import { fromCatalogue, fromList, type LimitRule, smallestTypes } from '../sizing/pool.ts';
import { kubeProxyFields, sizeFor, sufficientTimeouts } from '../sizing/recommend.ts';
import { sensitivityOf } from '../sizing/sensitivity.ts';
import { componentsOf } from '../sizing/streams.ts';
import { streamsOfFlags, streamsOfScenario, type TrafficFlags } from '../sizing/traffic.ts';
import { calibrateFrom } from './planning/calibration.ts';
import { plannedNodes } from './planning/plan-node.ts';
import type { NodeFlags, PlannedNode } from './planning/planned-node.ts';
import { refuseUnused } from './planning/unused.ts';

export interface PlanRequest {
  readonly loaded: LoadedScenario | undefined;
  readonly node: NodeFlags;
  readonly traffic: TrafficFlags;
  readonly peakFactor: number;
  readonly replicas: number;
  /** If absent: the scenario's, else iptables. */
  readonly dataplane: PlanDataplane | undefined;
  /** Timeouts in seconds by short name; they take precedence over all others. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly headroom: number;
  readonly alertMinutes: number;
  /** Folder of a run whose measurements replace constants of the model. */
  readonly from: string | undefined;
  readonly command: string;
  readonly createdAt: Date;
}

/** A plan without the parts that need a lab, a judgement or a layout. */
export type Plan = Omit<PlanReport, 'verification' | 'requirements' | 'writes' | 'paste'>;

/** A plan and the inputs that it was computed from. */
export interface MadePlan {
  readonly plan: Plan;
  readonly setting: PlanInputs;
  readonly dataplane: PlanDataplane;
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
  const dataplane = request.dataplane ?? dataplaneOf(scenario?.gateway.dataplane, request.node.kubeProxyFile?.mode);
  const entriesPerConnection = DATAPLANES[dataplane].entriesPerFlow * (run?.calibration.residue ?? 1);
  const streams = [...(scenario === undefined ? [] : streamsOfScenario(scenario)), ...streamsOfFlags(request.traffic)];
  const traffic: Traffic = { streams, peakFactor: request.peakFactor, replicas: request.replicas, entriesPerConnection };
  const timeouts = {
    ...first.timeouts,
    ...scenario?.gateway.conntrack.timeouts,
    ...first.setTimeouts,
    ...request.timeouts,
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
  const plan: Plan = {
    schema: 'ctload/plan@1',
    version: VERSION,
    createdAt: request.createdAt.toISOString(),
    command: request.command,
    assumptions: [...first.assumptions, ...several(nodes), ...loadAssumptions(request, traffic, dataplane, scenario?.name)],
    node: first.node,
    limit: first.limit,
    readings: readingsOf(first),
    limits,
    headroom: request.headroom,
    traffic: streams,
    entriesPerConnection,
    timeouts,
    load,
    sensitivity: streams.length === 0 || entriesPerConnection === 0 ? [] : sensitivityOf(setting),
    recommend: recommendation(nodes, setting, limits),
    alerts: planAlert(componentsOf(traffic, timeouts), load, first.limit.max, request.alertMinutes),
    calibration: run?.calibration ?? null,
  };
  return { plan, setting, dataplane };
}

/** A scenario's gateway that is not kube-proxy's counts whatever the mode of kube-proxy is; otherwise that mode, where it is given. */
function dataplaneOf(scenario: PlanDataplane | undefined, mode: string | null | undefined): PlanDataplane {
  const modes: readonly PlanDataplane[] = ['iptables', 'ipvs', 'nftables'];
  const known = modes.find((one) => one === mode);
  return scenario !== undefined && !modes.includes(scenario) ? scenario : (known ?? scenario ?? 'iptables');
}

function several([first, ...others]: readonly [PlannedNode, ...PlannedNode[]]): string[] {
  if (others.length === 0) return [];
  return [
    `the figures are for ${first.node.instanceType}, the first instance type given; the table of instance types has the others`,
  ];
}

function loadAssumptions(request: PlanRequest, traffic: Traffic, dataplane: PlanDataplane, name: string | undefined): string[] {
  const { peakFactor, replicas, entriesPerConnection } = traffic;
  const { keepaliveRequests = 1 } = request.traffic;
  return [
    ...(traffic.streams.length === 0
      ? ['no load given; only the limit is computed (add --rate, --websockets, a scenario, …)']
      : []),
    ...(name === undefined ? [] : [`the floods of scenario ${name}, each at its peak, indefinitely`]),
    `${dataplane}: ${Number(entriesPerConnection.toFixed(3))} conntrack ${entriesPerConnection === 1 ? 'entry' : 'entries'} per connection`,
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

/** nf_conntrack_max of any EC2 type under the rules of this node; undefined when the node's limit is not computed. */
function limitRule({ inputs, kubeProxy }: PlannedNode): LimitRule | undefined {
  if (inputs === null) return undefined;
  return ({ cores, memoryBytes }) => nodeLimit({ ...inputs, cores, memTotalBytes: estimateMemTotal(memoryBytes) }, kubeProxy).max;
}
