import type { Action } from '../model/input/actions.ts';
import type { BackendSpec } from '../model/input/backend.ts';
import { translates } from '../model/input/dataplanes.ts';
import type { KubernetesSpec, Toleration } from '../model/input/existing/kubernetes.ts';
import type { ArrivalExecutor, HeldExecutor, Stage } from '../model/input/floods/shape.ts';
import { parseSelector, selectorText } from '../model/input/metrics.ts';
import type { ProxySpec } from '../model/input/proxy.ts';
import type { OwnRules } from '../model/input/rules.ts';
import type { AnyScenario, ConntrackSpec, Flood, GatewaySpec, KubernetesScenario, Scenario } from '../model/input/scenario.ts';
import type { Threshold } from '../model/input/threshold.ts';
import { standard } from '../model/input/tracking.ts';
import { crossedVariants } from '../model/input/variants.ts';
import type { VmSpec } from '../model/input/vm.ts';
import type { AnyFile, KubernetesFile, ScenarioFile } from './schema/file.ts';
import { findSpec } from './schema/find.ts';
import { VM_DEFAULTS } from './schema/lab/vm.ts';
import { emulateNode } from './schema/node.ts';

/** Where nodes run pods of others: their connections are not to be broken. */
const SHARED_ABORT = 0.95;

type FloodFile = ScenarioFile['floods'][string];

/**
 * Seconds between two samples: on this machine, and in a guest, where one takes about 2 ms of CPU when the guest is translated
 * (TCG): every 10 ms 20 % of its CPU, every 20 ms 10 %.
 */
const INTERVAL = { here: 0.01, vm: 0.02 } as const;

/** Converts a valid file into the scenario that the rest of ctload uses. */
export function resolve(file: AnyFile): AnyScenario {
  if (file.lab.driver === 'external') return { ...common(file), lab: file.lab };
  if (file.lab.driver === 'kubernetes') return resolveKubernetes(file as KubernetesFile);
  return resolveBuilt(file as ScenarioFile);
}

/** The keys that every scenario has, also one for an external gateway. */
function common(
  file: AnyFile,
): Pick<Scenario, 'version' | 'name' | 'description' | 'seed' | 'probe' | 'stopWhen' | 'floods' | 'thresholds'> {
  return {
    version: file.version,
    name: file.name,
    description: file.description,
    seed: file.seed,
    probe: probeOf(file),
    ...(file.stopWhen === undefined ? {} : { stopWhen: file.stopWhen }),
    floods: Object.entries(file.floods).map(([name, flood]) => floodOf(name, flood)),
    thresholds: Object.entries(file.thresholds ?? {}).flatMap(([metric, list]) => list.map((one) => thresholdOf(metric, one))),
  };
}

function probeOf({ lab, probe: { interval, nodeExporter } }: AnyFile): Scenario['probe'] {
  const intervalSeconds = interval ?? INTERVAL[lab.driver === 'vm' ? 'vm' : 'here'];
  return { intervalSeconds, ...(nodeExporter === true ? { nodeExporter } : {}) };
}

function resolveKubernetes(file: KubernetesFile): KubernetesScenario {
  const { context, namespace, max, clients, backend, abortAt, ...rest } = file.lab.kubernetes;
  const { family } = file.lab;
  const kubernetes = {
    ...(family === undefined ? {} : { family }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(max === undefined ? {} : { max }),
    ...rest,
    abortAt: abortAt ?? (rest.allowSharedNodes ? SHARED_ABORT : ('none' as const)),
    clients: { replicas: clients.replicas, spread: clients.spread, ...podOf(clients) },
    backend: podOf(backend),
  };
  const shared = common(file);
  const thresholds = abortingAt(kubernetes.abortAt, shared.thresholds);
  return { ...shared, thresholds, lab: { driver: 'kubernetes', kubernetes }, backend: backendOf(file) };
}

/** With the threshold that ends the load at `share`, unless it is there. */
function abortingAt(share: number | 'none', thresholds: readonly Threshold[]): readonly Threshold[] {
  const [metric, expression] = ['conntrack_utilization', `max<${share}`];
  if (share === 'none' || thresholds.some((one) => one.metric === metric && one.expression === expression)) return thresholds;
  return [...thresholds, { metric, expression, abortOnFail: true, delayAbortEvalSeconds: 0 }];
}

type PodFile = KubernetesFile['lab']['kubernetes']['backend'];

function podOf({ nodeSelector, tolerations, resources: { cpu, memory: memoryBytes } }: PodFile): KubernetesSpec['backend'] {
  return { nodeSelector, tolerations: tolerations as readonly Toleration[], resources: { cpu, memoryBytes } };
}

function backendOf({ backend }: Pick<ScenarioFile, 'backend'>): BackendSpec {
  return { delaySeconds: backend.delay, status: backend.status, backlog: backend.backlog };
}

function resolveBuilt(file: ScenarioFile): Scenario {
  return {
    ...common(file),
    lab: { driver: file.lab.driver, ...labFamily(file.lab), ...labVm(file.lab) },
    gateway: gatewayOf(file.gateway),
    backend: backendOf(file),
    ...(file.actions === undefined || file.actions.length === 0 ? {} : { actions: file.actions.map(actionOf) }),
    ...(file.find === undefined ? {} : { find: findSpec(file.find) }),
    ...variantsOf(file),
  };
}

function variantsOf({ variants, cross, baseline }: ScenarioFile): Pick<Scenario, 'variants' | 'baseline'> {
  const named = Object.entries(variants ?? {}).map(([name, variant]) => ({ name, ...variant }));
  const all = cross === undefined ? named : crossedVariants(cross);
  return { ...(all.length === 0 ? {} : { variants: all }), ...(baseline === undefined ? {} : { baseline }) };
}

function actionOf({ at, max, timeouts, delete: filter, flush, endpoint }: NonNullable<ScenarioFile['actions']>[number]): Action {
  const atSeconds = at;
  if (max !== undefined) return { atSeconds, max };
  if (timeouts !== undefined) return { atSeconds, timeouts: { ...timeouts } };
  if (filter !== undefined) return { atSeconds, delete: filter };
  if (flush !== undefined) return { atSeconds, flush };
  if (endpoint !== undefined) return { atSeconds, endpoint };
  throw new Error('an action that does nothing passed the check');
}

function gatewayOf({
  dataplane,
  masquerade,
  snatPorts,
  entriesPerConnection,
  rules,
  proxy,
  conntrack,
  ...settings
}: ScenarioFile['gateway']): GatewaySpec {
  const { ipvs, tunnel } = { ...standard(dataplane), ...present(settings) };
  const usual = translates(dataplane) && ipvs?.conntrack !== false ? 'outside' : 'never';
  return {
    dataplane,
    ...(ipvs === undefined ? {} : { ipvs }),
    ...(tunnel === undefined ? {} : { tunnel }),
    masquerade: masquerade ?? usual,
    ...(snatPorts === undefined ? {} : { snatPorts }),
    ...(entriesPerConnection === undefined ? {} : { entriesPerConnection }),
    ...(rules === undefined ? {} : { rules: rulesOf(rules) }),
    ...(proxy === undefined ? {} : { proxy: proxyOf(proxy) }),
    conntrack: conntrackOf(conntrack),
  };
}

/** Without what is not given. */
function present({ ipvs, tunnel }: Pick<ScenarioFile['gateway'], 'ipvs' | 'tunnel'>): Pick<GatewaySpec, 'ipvs' | 'tunnel'> {
  return { ...(ipvs === undefined ? {} : { ipvs }), ...(tunnel === undefined ? {} : { tunnel }) };
}

function proxyOf({ implementation, keepAlive, config }: NonNullable<ScenarioFile['gateway']['proxy']>): ProxySpec {
  return config === undefined ? { implementation, keepAlive: keepAlive ?? false } : { implementation, config };
}

function rulesOf({ nftables, iptables, mode }: NonNullable<ScenarioFile['gateway']['rules']>): OwnRules {
  return nftables === undefined ? { tool: 'iptables', text: iptables ?? '', mode } : { tool: 'nft', text: nftables, mode };
}

function labFamily({ family }: ScenarioFile['lab']): Pick<Scenario['lab'], 'family'> {
  return family === 'ipv4' ? {} : { family };
}

/** Kept with another driver too, which then says that it has no effect. */
function labVm({ driver, vm }: ScenarioFile['lab']): { readonly vm?: VmSpec } {
  return vm === undefined && driver !== 'vm' ? {} : { vm: vmOf(vm ?? VM_DEFAULTS) };
}

function vmOf({ scope, kernel, modules, memory: memoryBytes, cpus, accel }: typeof VM_DEFAULTS): VmSpec {
  return {
    scope,
    ...(kernel === undefined ? {} : { kernel }),
    ...(modules === undefined ? {} : { modules }),
    memoryBytes,
    cpus,
    accel,
  };
}

/** A node to emulate becomes the limits of its table; timeouts in the file take precedence over kube-proxy's. */
function conntrackOf(file: ScenarioFile['gateway']['conntrack']): ConntrackSpec {
  const { max, buckets, method, leaseWait: leaseWaitSeconds, prefill, timeouts } = file;
  if (max !== undefined) return { max, buckets, method, leaseWaitSeconds, prefill, timeouts: { ...timeouts } };
  if (file.node === undefined) throw new Error('a table without max and node passed the check');
  const { limit, timeouts: kubeProxys } = emulateNode(file.node, file.kubeProxy);
  const { max: most, buckets: hashed } = limit;
  return { max: most, buckets: hashed, method, leaseWaitSeconds, prefill, timeouts: { ...kubeProxys, ...timeouts } };
}

type ThresholdFile = NonNullable<ScenarioFile['thresholds']>[string][number];

function thresholdOf(text: string, entry: ThresholdFile): Threshold {
  const selector = parseSelector(text);
  const metric = selector === undefined ? text : selectorText(selector);
  if (typeof entry === 'string') return { metric, expression: entry.trim(), abortOnFail: false, delayAbortEvalSeconds: 0 };
  const { threshold, abortOnFail, delayAbortEval } = entry;
  return { metric, expression: threshold.trim(), abortOnFail, delayAbortEvalSeconds: delayAbortEval };
}

/** Default of `timeout` in resolv.conf(5). */
const DNS_TIMEOUT = 5; // seconds

function floodOf(name: string, flood: FloodFile): Flood {
  const base = {
    name,
    startTimeSeconds: flood.startTime,
    arrival: flood.arrival,
    ...('sources' in flood && flood.sources !== undefined ? { sources: flood.sources } : {}),
    ...('family' in flood && flood.family !== undefined ? { family: flood.family } : {}),
  };
  const connecting = (from: { readonly connectTimeout: number }) => ({ ...base, connectTimeoutSeconds: from.connectTimeout });
  switch (flood.kind) {
    case 'short':
      return {
        ...connecting(flood),
        kind: flood.kind,
        protocol: flood.protocol,
        client: flood.client,
        shape: arriving(flood),
        close: flood.close,
        responseTimeoutSeconds: flood.responseTimeout,
        requestsPerConnection: flood.requestsPerConnection,
        lifetimeSeconds: flood.lifetime,
        ...towards(flood),
      };
    case 'long':
      return {
        ...connecting(flood),
        kind: flood.kind,
        protocol: flood.protocol,
        shape: shapeOf(flood),
        heartbeatSeconds: flood.heartbeat,
        ...towards(flood),
      };
    case 'stale':
      return { ...connecting(flood), kind: flood.kind, shape: arriving(flood) };
    case 'half-open':
      return { ...base, kind: flood.kind, shape: arriving(flood) };
    case 'icmp':
      return {
        ...base,
        kind: flood.kind,
        shape: arriving(flood),
        payloadSize: flood.payloadSize,
        responseTimeoutSeconds: flood.responseTimeout,
      };
    case 'dns':
      return { ...base, kind: flood.kind, shape: arriving(flood), responseTimeoutSeconds: flood.responseTimeout };
    case 'udp': {
      const { reply, payloadSize, responseTimeout = DNS_TIMEOUT } = flood;
      const kept = {
        ...('flows' in flood && flood.flows !== undefined ? { flows: flood.flows } : {}),
        ...('heartbeat' in flood ? { heartbeatSeconds: flood.heartbeat } : {}),
      };
      const udp = { ...base, kind: flood.kind, shape: shapeOf(flood), reply, payloadSize, ...kept, ...towards(flood) };
      return reply ? { ...udp, responseTimeoutSeconds: responseTimeout } : udp;
    }
  }
}

function towards({ destinations }: { readonly destinations?: number | undefined }): { readonly destinations?: number } {
  return destinations === undefined ? {} : { destinations };
}

type Arriving = Extract<FloodFile, { executor: ArrivalExecutor['executor'] }>;
type Holding = Extract<FloodFile, { kind: 'long' | 'udp' }>;

function arriving(flood: Arriving): ArrivalExecutor {
  switch (flood.executor) {
    case 'constant-arrival-rate':
      return { executor: flood.executor, rate: flood.rate, durationSeconds: flood.duration };
    case 'ramping-arrival-rate':
      return { executor: flood.executor, startRate: flood.startRate, stages: flood.stages.map(stageOf) };
    case 'burst':
      return { executor: flood.executor, connections: flood.connections };
  }
}

function shapeOf(flood: Holding): ArrivalExecutor | HeldExecutor {
  switch (flood.executor) {
    case 'constant-connections':
      return { executor: flood.executor, connections: flood.connections, durationSeconds: flood.duration };
    case 'ramping-connections':
      return { executor: flood.executor, startConnections: flood.startConnections, stages: flood.stages.map(stageOf) };
    default:
      return arriving(flood);
  }
}

function stageOf(stage: { readonly duration: number; readonly target: number }): Stage {
  return { durationSeconds: stage.duration, target: stage.target };
}
