import { parseVersion } from '../model/node/version.ts';
import type { CrossedReading } from '../model/result/plan/node-reading.ts';
import type { CrossedNode, NodeProxy } from '../model/timeline/nodes.ts';
import { differencesOf } from '../sizing/cluster/differences.ts';
import { parseKubeProxyConfig } from '../sizing/kube-proxy/kube-proxy-file.ts';
import { NO_SYSCTL } from '../sizing/sysctl.ts';
import { type FoundProxy, proxyOn } from './planning/cluster-proxy.ts';
import { plannedNodes } from './planning/plan-node.ts';
import type { NodeFlags } from './planning/planned-node.ts';

/** A node that the load crosses, with the limit that it should have by what `plan` knows. */
export function crossedNode(reading: CrossedReading): CrossedNode {
  const { node, own, table } = reading;
  const proxy = foundOn(reading);
  const { kubeProxyVersion, kubeProxyFile, versionFrom, configFrom } = proxy;
  const known = { name: node.name, max: table.max, buckets: table.buckets, ...describe(reading, proxy) };
  const { cores, memTotalBytes } = node;
  if (cores === undefined || memTotalBytes === undefined) return { ...known, computedMax: null, differences: [] };
  const flags: NodeFlags = {
    cores,
    memTotalBytes,
    kernel: parseVersion(node.kernel),
    bits: ['arm', '386'].includes(node.architecture) ? 32 : 64,
    kubeProxyVersion,
    kubeProxyFile,
    sysctl: NO_SYSCTL,
    instanceTypes: [],
    here: false,
  };
  const [{ node: planned, limit }] = plannedNodes(flags, undefined);
  const kubeProxy = { version: planned.kubeProxyVersion, versionFrom, configFrom };
  const differences = differencesOf({ cores, memTotalBytes, kubeProxy, limit, readings: [], read: table });
  // What kube-proxy said of itself is not assumed, whatever its release.
  const why = typeof own === 'string' ? [...differences, ...(differences.length > 0 ? [own] : [])] : differences;
  return { ...known, computedMax: limit.max, differences: why };
}

/** By itself, else by what the cluster shows. */
function foundOn({ node, own, proxyMap }: CrossedReading): FoundProxy {
  const nothing = { kubeProxyVersion: undefined, kubeProxyFile: undefined };
  if (typeof own === 'string') return proxyOn(node, proxyMap, nothing);
  const text = JSON.stringify({ conntrack: own.conntrack });
  const said = parseVersion(own.version);
  const shown = proxyOn(node, proxyMap, nothing);
  const release =
    said === undefined
      ? { kubeProxyVersion: shown.kubeProxyVersion, versionFrom: shown.versionFrom }
      : { kubeProxyVersion: said, versionFrom: 'image' as const };
  try {
    const kubeProxyFile = parseKubeProxyConfig(text, 'kube-proxy’s /configz');
    return { ...release, kubeProxyFile, configFrom: 'ConfigMap', notes: [] };
  } catch {
    return { ...shown, ...release }; // an older one that does not show its configuration
  }
}

function describe(
  { own }: CrossedReading,
  { kubeProxyFile, configFrom }: FoundProxy,
): Pick<CrossedNode, 'kubeProxy' | 'proxyUnread'> {
  if (typeof own !== 'string') {
    const { version, mode, conntrack } = own;
    return { kubeProxy: { ...named(version, mode), conntrack: plain(conntrack), from: 'configz' }, proxyUnread: null };
  }
  if (configFrom !== 'ConfigMap' || kubeProxyFile === undefined) return { kubeProxy: null, proxyUnread: own };
  const { mode, fields } = kubeProxyFile;
  return { kubeProxy: { ...named('', mode ?? ''), conntrack: plain(fields), from: 'ConfigMap' }, proxyUnread: own };
}

function named(version: string, mode: string): Pick<NodeProxy, 'version' | 'mode'> {
  return { version: version === '' ? null : version.replace(/^v/, ''), mode: mode === '' ? null : mode };
}

/** Only what is a setting: no list, no map. */
function plain(fields: object): NodeProxy['conntrack'] {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
  ) as NodeProxy['conntrack'];
}
