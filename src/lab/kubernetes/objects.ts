import type { V1Namespace, V1Pod, V1Service } from '@kubernetes/client-node';
import type { KubernetesSpec, PodLimits, PodSpec, PodTarget } from '../../model/input/existing/kubernetes.ts';
import { SERVICES } from '../../model/input/lab.ts';
import { EPHEMERAL_PORTS } from '../addresses.ts';
import { PORTS_SYSCTL } from '../host/sysctls.ts';
import { ownAnnotations, runLabels } from './labels.ts';

/** Each port of the Service is one of the backend's own, so that every one has all source ports of the client. */
export const PORTS = Array.from({ length: SERVICES }, (_, index) => 8001 + index);

/** The names of one run's objects. */
export function namesOf(runId: string) {
  return { namespace: `ctload-${runId}`, readers: `ctload-${runId}-reader`, backend: 'backend' } as const;
}

/** Names of the client pods, in order. */
export function clientNames({ replicas }: Pick<KubernetesSpec['clients'], 'replicas'>): string[] {
  return replicas === 1 ? [CLIENT] : Array.from({ length: replicas }, (_, index) => `${CLIENT}-${index + 1}`);
}

/** Name of the pod that reads the table of node number `index` of the path. */
export function readerName(index: number): string {
  return `reader-${index}`;
}

/** What they all are, and the name of the only one. */
const CLIENT = 'client';

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
}

/** Of a pod on every node, whatever its taints. */
export type ReaderWish = Omit<PodWish, 'placement' | 'limits'>;

type RunOfPod = Pick<PodWish, 'runId' | 'image' | 'seconds'>;

/** The client pod called `name`; those after the first are put where it is, or spread. */
export function clientPod({ clients }: KubernetesSpec, run: RunOfPod, name = CLIENT): V1Pod {
  const wish = { ...run, name, component: CLIENT, limits: clients.resources, placement: clients };
  if (clients.spread === 'together') return workerPod(wish, name === clientNames(clients)[0] ? undefined : CLIENT);
  const pod = workerPod(wish);
  const even = { ...besides(CLIENT), maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' };
  return { ...pod, spec: { containers: [], ...pod.spec, topologySpreadConstraints: [even] } };
}

/** On the node of a client, unless the scenario places it: then no other node's table is on the path. */
export function backendPod({ clients, backend }: KubernetesSpec, run: RunOfPod): V1Pod {
  const { backend: name } = namesOf(run.runId);
  const placed = Object.keys(backend.nodeSelector).length > 0;
  return workerPod(
    { ...run, name, limits: backend.resources, placement: placed ? backend : clients },
    placed ? undefined : CLIENT,
  );
}

/** What both the load and its answers run in: nothing that Pod Security `restricted` forbids. */
function workerPod(wish: PodWish, near?: string): V1Pod {
  const pod = idlePod(wish);
  const affinity =
    near === undefined ? {} : { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [besides(near)] } } };
  const ports = { name: PORTS_SYSCTL, value: `${EPHEMERAL_PORTS.first} ${EPHEMERAL_PORTS.last}` };
  return {
    ...pod,
    spec: { ...pod.spec, ...affinity, containers: pod.spec?.containers ?? [], securityContext: { ...USER, sysctls: [ports] } },
  };
}

/** The reader of a node's table: in the node's network namespace, without any right that reading does not need. */
export function readerPod(wish: ReaderWish, node: string): V1Pod {
  const pod = idlePod({ ...wish, limits: READER, placement: { nodeSelector: {}, tolerations: [{ operator: 'Exists' }] } });
  const spec = { ...pod.spec, nodeName: node, hostNetwork: true, containers: pod.spec?.containers ?? [], securityContext: USER };
  return { ...pod, spec };
}

/** The same with the one right that the node's table is changed by. */
export function writerPod(wish: Omit<PodWish, 'placement' | 'limits'>, node: string): V1Pod {
  const { spec, ...pod } = readerPod(wish, node);
  const containers = (spec?.containers ?? []).map((container) => ({
    ...container,
    securityContext: { ...container.securityContext, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } },
  }));
  return { ...pod, spec: { ...spec, containers, securityContext: { seccompProfile: USER.seccompProfile, runAsUser: 0 } } };
}

const READER: PodLimits = { cpu: 1, memoryBytes: 256 * 2 ** 20 };
const USER = { runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532, seccompProfile: { type: 'RuntimeDefault' } };

/** ctload starts everything in it from outside. */
function idlePod({ name, component = name, runId, image, limits, seconds, placement }: PodWish): V1Pod {
  const { nodeSelector, tolerations } = placement;
  return {
    metadata: { name, labels: { ...runLabels(runId), 'app.kubernetes.io/component': component } },
    spec: {
      containers: [
        {
          name: 'ctload',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', String(seconds)],
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

function besides(component: string) {
  const labelSelector = { matchLabels: { 'app.kubernetes.io/component': component } };
  return { labelSelector, topologyKey: 'kubernetes.io/hostname' };
}

/** The Service in front of the backend. */
export function service(runId: string, target: Exclude<PodTarget, 'podIP'> = 'service'): V1Service {
  const { backend } = namesOf(runId);
  const { externalTrafficPolicy } = target === 'service' ? {} : target;
  return {
    metadata: { name: backend, labels: runLabels(runId) },
    spec: {
      type: externalTrafficPolicy === undefined ? 'ClusterIP' : 'NodePort',
      ...(externalTrafficPolicy === undefined ? {} : { externalTrafficPolicy }),
      selector: { 'app.kubernetes.io/component': backend },
      ports: PORTS.map((port) => ({ name: `tcp-${port}`, port, targetPort: port, protocol: 'TCP' })),
    },
  };
}
