/** kube-proxy on a node of a cluster. */
export interface NodeProxy {
  /** Release, e.g. `1.36.3`; null if it does not say. */
  readonly version: string | null;
  /** How it forwards: `iptables`, `nftables`, `ipvs`; null if it does not say. */
  readonly mode: string | null;
  /** The fields of its `conntrack:` section that are given, as in a KubeProxyConfiguration. */
  readonly conntrack: Readonly<Record<string, string | number | boolean>>;
  /** Where that was read: kube-proxy itself, on the node (`/configz`), or a ConfigMap of the cluster. */
  readonly from: 'configz' | 'ConfigMap';
}

/** A node that the load crosses: the limit that it has before the load, and the one that it should have. */
export interface CrossedNode {
  /** Name of the Node object. */
  readonly name: string;
  /** nf_conntrack_max as read, before ctload lowered it, where it did. */
  readonly max: number;
  /** nf_conntrack_buckets as read. */
  readonly buckets: number;
  /** Null if nothing is known of it. */
  readonly kubeProxy: NodeProxy | null;
  /** Why nothing is known of it, or it was not asked itself; null otherwise. */
  readonly proxyUnread: string | null;
  /** The limit that kernel and kube-proxy compute for such a node; null if the Node object lacks what that depends on. */
  readonly computedMax: number | null;
  /** Where `max` is not `computedMax`: what differs, without the node's name, then what may explain it, one sentence each. */
  readonly differences: readonly string[];
}
