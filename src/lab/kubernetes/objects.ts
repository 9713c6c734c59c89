import type { V1Container, V1Namespace, V1OwnerReference, V1Pod, V1Service } from '@kubernetes/client-node';
import { type AddressFamily, familiesIn } from '../../model/input/address-family.ts';
import { isUrl, type KubernetesSpec, type PodLimits, type PodSpec } from '../../model/input/existing/kubernetes.ts';
import { programCommand } from '../../platform/program.ts';
import { EPHEMERAL_PORTS } from '../addresses.ts';
import { IN_IMAGE } from '../docker/package-content.ts';
import { PORTS_SYSCTL } from '../host/sysctls.ts';
import { ownAnnotations, RUN_LABEL, runLabels } from './labels.ts';
import type { BackendPort } from './ports.ts';

/** The names of one run's namespaces, and what its pods' names begin with in one that others share: `namespace` of the scenario. */
export function namesOf(runId: string, { namespace: shared }: Pick<KubernetesSpec, 'namespace'> = {}) {
  const own = `ctload-${runId}`;
  return { namespace: shared ?? own, prefix: shared === undefined ? '' : `${own}-`, readers: `${own}-reader` } as const;
}

/** What client pods are, in order; their names but for a prefix. */
export function clientNames({ replicas }: Pick<KubernetesSpec['clients'], 'replicas'>): string[] {
  return replicas === 1 ? [CLIENT] : Array.from({ length: replicas }, (_, index) => `${CLIENT}-${index + 1}`);
}

/** Name of the pod that reads the table of node number `index` of the path. */
export function readerName(index: number): string {
  return `reader-${index}`;
}

/** What they all are, and the name of the only one. */
const CLIENT = 'client';
/** The pod that answers, but for a prefix; and the Service. */
export const BACKEND = 'backend';
/** Label that says what a pod is. */
const COMPONENT = 'app.kubernetes.io/component';

/** @param level of Pod Security, which the cluster enforces */
export function namespace(name: string, runId: string, level: 'restricted' | 'privileged', seconds: number): V1Namespace {
  return {
    metadata: {
      name,
      labels: { ...runLabels(runId), 'pod-security.kubernetes.io/enforce': level },
      annotations: ownAnnotations(seconds),
    },
  };
}

interface PodWish {
  readonly name: string;
  /** What pods of its kind are, by which others are placed; its name if absent. */
  readonly component?: string;
  readonly runId: string;
  readonly image: string;
  readonly limits: PodLimits;
  /** Seconds after which the kubelet ends it, whatever has become of ctload. */
  readonly seconds: number;
  readonly placement: Pick<PodSpec, 'nodeSelector' | 'tolerations'>;
  /** Secrets in its namespace that the image is pulled with. */
  readonly pullSecrets?: readonly string[];
}

/** Of a pod on every node, whatever its taints. */
export type ReaderWish = Omit<PodWish, 'placement' | 'limits'>;

export type RunOfPod = Pick<PodWish, 'runId' | 'image' | 'seconds' | 'pullSecrets'>;

/** The client pod called `name`; those after the first are put where it is, or spread. */
export function clientPod(spec: KubernetesSpec, run: RunOfPod, name = CLIENT): V1Pod {
  const { clients } = spec;
  const wish = { ...run, name, component: CLIENT, limits: clients.resources, placement: clients };
  if (clients.spread === 'together') return workerPod(spec, wish, name === clientNames(clients)[0] ? undefined : CLIENT);
  const pod = workerPod(spec, wish);
  const skew = { maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' };
  // Else a node that no client may be on, of the control plane or cordoned, counts as one without any: then none may have a second.
  const even = { ...besides(CLIENT, run.runId), ...skew, nodeTaintsPolicy: 'Honor' };
  return { ...pod, spec: { containers: [], ...pod.spec, topologySpreadConstraints: [even] } };
}

/** On the node of a client, unless the scenario places it: then no other node's table is on the path. */
export function backendPod(spec: KubernetesSpec, run: RunOfPod, ports: readonly BackendPort[]): V1Pod {
  const { clients, backend, target } = spec;
  const placed = Object.keys(backend.nodeSelector).length > 0;
  const wish = { ...run, name: BACKEND, limits: backend.resources, placement: placed ? backend : clients };
  const pod = workerPod(spec, wish, placed ? undefined : CLIENT);
  if (target !== 'hostPort') return pod;
  const hostPorts = ports.map(({ port, protocol }) => ({ containerPort: port, hostPort: port, protocol }));
  return withContainer(pod, { ports: hostPorts });
}

/** The level of Pod Security that the pods of clients and backend need: mostly that which allows least. */
export function levelOf({ allowNetAdmin, target }: KubernetesSpec): 'restricted' | 'privileged' {
  return allowNetAdmin || target === 'hostPort' ? 'privileged' : 'restricted';
}

/** What both the load and its answers run in: nothing that Pod Security `restricted` forbids, but what the scenario allows. */
function workerPod(spec: KubernetesSpec, wish: PodWish, near?: string): V1Pod {
  const { namespace: shared, allowNetAdmin } = spec;
  const { prefix } = namesOf(wish.runId, spec);
  const idle = idlePod({ ...wish, component: wish.component ?? wish.name, name: `${prefix}${wish.name}` });
  const metadata = { ...idle.metadata, ...(shared === undefined ? {} : { annotations: ownAnnotations(wish.seconds) }) };
  const pod = { ...(allowNetAdmin ? withNetAdmin(idle) : idle), metadata };
  const terms = near === undefined ? [] : [besides(near, wish.runId)];
  const affinity =
    near === undefined ? {} : { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } };
  const ports = { name: PORTS_SYSCTL, value: `${EPHEMERAL_PORTS.first} ${EPHEMERAL_PORTS.last}` };
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...affinity,
      containers: pod.spec?.containers ?? [],
      securityContext: { ...(allowNetAdmin ? ROOT : USER), sysctls: [ports] },
    },
  };
}

/**
 * The reader of a node's table: in the node's network namespace, without any right that reading does not need. Anyone may read the
 * count and the counters; the entries (`lists`) root and its group may (/proc/net/nf_conntrack has mode 0440).
 */
export function readerPod(wish: ReaderWish, node: string, lists = false): V1Pod {
  const pod = idlePod({ ...wish, limits: READER, placement: { nodeSelector: {}, tolerations: [{ operator: 'Exists' }] } });
  const securityContext = lists ? { ...USER, supplementalGroups: [ROOT_GROUP] } : USER;
  const spec = { ...pod.spec, nodeName: node, hostNetwork: true, containers: pod.spec?.containers ?? [], securityContext };
  return { ...pod, spec };
}

/** The same with the one right that the node's table is changed by. */
export function writerPod(wish: Omit<PodWish, 'placement' | 'limits'>, node: string): V1Pod {
  const { spec, ...pod } = withNetAdmin(readerPod(wish, node));
  return { ...pod, spec: { containers: [], ...spec, securityContext: ROOT } };
}

/** Capabilities are those of root: the kernel gives no other user any that is added (capabilities(7)). */
function withNetAdmin(pod: V1Pod): V1Pod {
  const [container] = pod.spec?.containers ?? [];
  return withContainer(pod, {
    securityContext: { ...container?.securityContext, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } },
  });
}

function withContainer({ spec, ...pod }: V1Pod, more: Partial<V1Container>): V1Pod {
  return { ...pod, spec: { ...spec, containers: (spec?.containers ?? []).map((container) => ({ ...container, ...more })) } };
}

const READER: PodLimits = { cpu: 1, memoryBytes: 256 * 2 ** 20 };
const USER = { runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532, seccompProfile: { type: 'RuntimeDefault' } };
const ROOT_GROUP = 0;
const ROOT = { runAsUser: 0, seccompProfile: USER.seccompProfile };

/** ctload starts everything in it through its first process. */
function idlePod({ name, component = name, runId, image, limits, seconds, placement, pullSecrets = [] }: PodWish): V1Pod {
  const { nodeSelector, tolerations } = placement;
  return {
    metadata: { name, labels: { ...runLabels(runId), [COMPONENT]: component } },
    spec: {
      containers: [
        {
          name: 'ctload',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: programCommand('pod', ['serve', String(seconds)], IN_IMAGE),
          resources: {
            requests: { cpu: `${Math.min(100, limits.cpu * 1000)}m`, memory: '64Mi' },
            limits: { cpu: String(limits.cpu), memory: String(limits.memoryBytes) },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
      ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })) }),
      nodeSelector: { ...nodeSelector },
      tolerations: tolerations.map((one) => ({ ...one })),
      restartPolicy: 'Never',
      activeDeadlineSeconds: seconds,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    },
  };
}

/** Where the run's pods of a kind are: a namespace may have those of several. */
function besides(component: string, runId: string) {
  return { labelSelector: { matchLabels: selectorOf(component, runId) }, topologyKey: 'kubernetes.io/hostname' };
}

function selectorOf(component: string, runId: string): Record<string, string> {
  return { [COMPONENT]: component, [RUN_LABEL]: runId };
}

interface ServiceWish {
  readonly runId: string;
  readonly spec: KubernetesSpec;
  readonly ports: readonly BackendPort[];
  /** The backend's pod, with which a Service in a namespace of others goes. */
  readonly owner: V1OwnerReference;
}

const FAMILY_NAMES: Readonly<Record<AddressFamily, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** The Service in front of the backend. */
export function service({ runId, spec, ports, owner }: ServiceWish): V1Service {
  const { target, family } = spec;
  const { prefix } = namesOf(runId, spec);
  const { externalTrafficPolicy } = typeof target === 'string' || isUrl(target) ? {} : target;
  return {
    metadata: { name: `${prefix}${BACKEND}`, labels: runLabels(runId), ownerReferences: [owner] },
    spec: {
      type: externalTrafficPolicy === undefined ? 'ClusterIP' : 'NodePort',
      ...(externalTrafficPolicy === undefined ? {} : { externalTrafficPolicy }),
      ...(family === undefined
        ? {}
        : {
            ipFamilyPolicy: family === 'dual' ? 'RequireDualStack' : 'SingleStack',
            ipFamilies: familiesIn(family).map((one) => FAMILY_NAMES[one]),
          }),
      selector: selectorOf(BACKEND, runId),
      ports: ports.map(({ port, protocol }) => ({ name: `${protocol.toLowerCase()}-${port}`, port, targetPort: port, protocol })),
    },
  };
}
