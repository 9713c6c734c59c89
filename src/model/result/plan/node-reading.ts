import type { NodeTableReading } from './cluster-plan.ts';

/** The container of kube-proxy on a node. */
export interface ProxyContainer {
  readonly image: string;
  /** Its command line. */
  readonly words: readonly string[];
}

/** One Linux node as the API server knows it. */
export interface NodeFacts {
  readonly name: string;
  readonly cores: number | undefined;
  /** MemTotal, which the kubelet reports, in bytes. */
  readonly memTotalBytes: number | undefined;
  /** Release, e.g. `6.1.0-18-amd64`. */
  readonly kernel: string;
  /** As Go calls it, e.g. `amd64`. */
  readonly architecture: string;
  /** Release, e.g. `v1.36.3` or `v1.33.1+k3s1`. */
  readonly kubelet: string;
  /** Why it is not ready, in its own words; undefined when it is. */
  readonly unready: string | undefined;
  /** Undefined where no pod of kube-proxy runs: it may be a process of its own, part of another, or not there. */
  readonly proxy: ProxyContainer | undefined;
}

/** A ConfigMap with kube-proxy's configuration as text, or why there is none. */
export type ProxyMap = { readonly name: string; readonly text: string } | { readonly why: string };

/** What kube-proxy says of itself. */
export interface OwnProxy {
  /** `v1.36.3`; empty if it does not say. */
  readonly version: string;
  /** Empty if it does not say. */
  readonly mode: string;
  /** Its `conntrack:` section, as in a KubeProxyConfiguration. */
  readonly conntrack: Readonly<Record<string, unknown>>;
}

/** What was read of a node that the load crosses. */
export interface CrossedReading {
  readonly node: NodeFacts;
  /** Of kube-proxy itself, or why it did not answer. */
  readonly own: OwnProxy | string;
  readonly table: NodeTableReading;
  /** What the cluster has of kube-proxy's configuration. */
  readonly proxyMap: ProxyMap;
}
