import type { LabFamily } from '../address-family.ts';

/** A taint of a node that a pod may be on nevertheless. */
export interface Toleration {
  /** Key of the taint; absent: every taint. */
  readonly key?: string;
  /** How it is compared; absent: `Equal`. */
  readonly operator?: 'Exists' | 'Equal';
  /** Value of the taint. */
  readonly value?: string;
  /** Effect of the taint; absent: any. */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** What a pod may use. */
export interface PodLimits {
  /** CPUs. */
  readonly cpu: number;
  /** Memory. */
  readonly memoryBytes: number;
}

/** A pod of the lab, and where the scheduler may put it. */
export interface PodSpec {
  /** Labels that its node must have. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Taints that its node may have. */
  readonly tolerations: readonly Toleration[];
  /** Its limits. */
  readonly resources: PodLimits;
}

/** The pods that the load comes from. */
export interface ClientsSpec extends PodSpec {
  /** How many there are; they share one schedule. */
  readonly replicas: number;
  /** Whether all are on the node of the first, or spread over the nodes that they may be on. */
  readonly spread: 'together' | 'nodes';
}

/** The Service's port of a node. */
export interface NodePortTarget {
  /** Whose port: `client` and `backend` are the nodes of the first client's and the backend's pod; else a node's name. */
  readonly nodePort: string;
  /** With Local the node forwards to its own pods only, and keeps the client's address. */
  readonly externalTrafficPolicy: 'Cluster' | 'Local';
}

/** Servers that exist already, of which ctload knows nothing but where they are. */
export interface UrlTarget {
  /** Address and port, e.g. `http://198.19.32.1:8080`. */
  readonly url: string;
  /** Whether it may be a public address, whose owner has authorized the load. */
  readonly allowPublicTargets: boolean;
}

/** What clients connect to: the Service's cluster IP, its port of a node, a port of the backend's node, the backend's pod itself, or what exists already. */
export type PodTarget = 'service' | 'hostPort' | 'podIP' | NodePortTarget | UrlTarget;

/** Whether what clients connect to is not ctload's own. */
export function isUrl(target: PodTarget): target is UrlTarget {
  return typeof target !== 'string' && 'url' in target;
}

/** A lab of pods in a cluster. The gateways are the nodes that the connections cross. */
export interface KubernetesSpec {
  /** Which families clients connect over; absent: the cluster's first. */
  readonly family?: LabFamily;
  /** Context of the kubeconfig; absent: the current one. */
  readonly context?: string;
  /** An existing namespace for the pods of clients and backend; absent: one of the run's own. */
  readonly namespace?: string;
  /** Image of every pod. */
  readonly image: string;
  /** Secrets that the image is pulled with, of `namespace`, else of the context's namespace. */
  readonly imagePullSecrets: readonly string[];
  /** The pods that the load comes from. */
  readonly clients: ClientsSpec;
  /** What becomes of the load when one of several client pods is lost: it ends, or the others go on with theirs. */
  readonly onLost: 'abort' | 'continue';
  /** The pod that answers; on the node of a client, unless its `nodeSelector` says otherwise. */
  readonly backend: PodSpec;
  /** What clients connect to. */
  readonly target: PodTarget;
  /** Whether the pods of clients and backend may have NET_ADMIN, for rules in their own network namespaces. */
  readonly allowNetAdmin: boolean;
  /** Whether nf_conntrack_max of nodes may be written; it is restored when the run ends. */
  readonly allowWrites: boolean;
  /** nf_conntrack_max of every node that the connections cross, for the run; absent: as it is. */
  readonly max?: number;
  /** Share of any node's table from which on the load ends; `none`: it does not. */
  readonly abortAt: number | 'none';
  /** Whether nodes may be loaded that run pods of other people. */
  readonly allowSharedNodes: boolean;
}
