import { fieldsOfRelease } from '../../model/node/kube-proxy-fields.ts';
import { formatVersion, parseVersion, type Version } from '../../model/node/version.ts';
import type { ClusterKubeProxy } from '../../model/result/plan/cluster-plan.ts';
import type { NodeFacts, ProxyMap } from '../../model/result/plan/node-reading.ts';
import { messageOf } from '../../platform/errors.ts';
import { type KubeProxyFile, parseKubeProxyConfig } from '../../sizing/kube-proxy/kube-proxy-file.ts';
import { NO_SYSCTL } from '../../sizing/sysctl.ts';
import type { NodeFlags } from './planned-node.ts';

type Given = Pick<NodeFlags, 'kubeProxyVersion' | 'kubeProxyFile'>;

/** kube-proxy on a node of a cluster, as flags of a plan would name it. */
export interface FoundProxy extends Given, Omit<ClusterKubeProxy, 'version'> {
  /** What is assumed, one sentence each. */
  readonly notes: readonly string[];
}

/** What flags say of kube-proxy, else what the cluster shows of that on `node`. Never fails: what cannot be read is assumed. */
export function proxyOn(node: Pick<NodeFacts, 'kubelet' | 'proxy'>, proxyMap: ProxyMap, given: Given): FoundProxy {
  const release = releaseOn(node, given);
  if (given.kubeProxyFile !== undefined || given.kubeProxyVersion === 'none') {
    return { ...release, kubeProxyFile: given.kubeProxyFile, configFrom: 'flag' };
  }
  const { file, configFrom, notes } = configurationOn(node, proxyMap, release.kubeProxyVersion);
  return { ...release, kubeProxyFile: file, configFrom, notes: [...release.notes, ...notes] };
}

type Release = Pick<FoundProxy, 'kubeProxyVersion' | 'versionFrom' | 'notes'>;

function releaseOn({ kubelet, proxy }: Pick<NodeFacts, 'kubelet' | 'proxy'>, given: Given): Release {
  const { kubeProxyVersion, kubeProxyFile } = given;
  const named = kubeProxyFile !== undefined && (kubeProxyFile.version !== null || kubeProxyFile.disabledBy !== null);
  if (kubeProxyVersion !== undefined || named) return { kubeProxyVersion, versionFrom: 'flag', notes: [] };
  const ofImage = proxy && parseVersion(/:([^:/@]+)(?:@|$)/.exec(proxy.image)?.[1] ?? '');
  if (ofImage !== undefined) {
    const note = `kube-proxy ${formatVersion(ofImage)}, by the image of its pod`;
    return { kubeProxyVersion: ofImage, versionFrom: 'image', notes: [note] };
  }
  const ofKubelet = parseVersion(kubelet);
  if (ofKubelet === undefined) return { kubeProxyVersion: undefined, versionFrom: 'kubelet', notes: [] };
  const note = `kube-proxy ${formatVersion(ofKubelet)}, the release of the kubelet, because no pod of kube-proxy shows its own`;
  return { kubeProxyVersion: ofKubelet, versionFrom: 'kubelet', notes: [note] };
}

interface Configuration {
  readonly file: KubeProxyFile | undefined;
  readonly configFrom: ClusterKubeProxy['configFrom'];
  readonly notes: readonly string[];
}

function configurationOn(
  { kubelet, proxy }: Pick<NodeFacts, 'kubelet' | 'proxy'>,
  proxyMap: ProxyMap,
  version: Version | 'none' | undefined,
): Configuration {
  if (/\+(k3s|rke2)/.test(kubelet)) return ofK3s();
  if (proxy !== undefined && !/--config[\s=]/.test(proxy.words.join(' '))) {
    const containers = [{ image: proxy.image, command: proxy.words }];
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'kube-proxy' }, spec: { containers } });
    return parsed(text, 'pod', version);
  }
  if ('text' in proxyMap) return parsed(proxyMap.text, 'ConfigMap', version);
  return assumed(`kube-proxy’s configuration is assumed: ${proxyMap.why}`);
}

function parsed(text: string, configFrom: 'ConfigMap' | 'pod', version: Version | 'none' | undefined): Configuration {
  try {
    const file = parseKubeProxyConfig(text, 'the cluster');
    const { problem } = version === undefined || version === 'none' ? { problem: null } : fieldsOfRelease(file.fields, version);
    if (problem !== null) return assumed(`kube-proxy’s configuration is assumed: that of the cluster is not valid: ${problem}`);
    return { file: { ...file, version: null, disabledBy: null }, configFrom, notes: [] };
  } catch (error) {
    return assumed(`kube-proxy’s configuration is assumed: ${messageOf(error)}`);
  }
}

function assumed(note: string): Configuration {
  return { file: undefined, configFrom: 'assumed', notes: [note] };
}

/** Its kube-proxy is a part of another program, whose arguments are in a file on the node. */
function ofK3s(): Configuration {
  const file: KubeProxyFile = {
    fields: {},
    configuration: {},
    configMap: null,
    asFlags: true,
    version: null,
    disabledBy: null,
    mode: null,
    sysctl: NO_SYSCTL,
    writer: 'k3s',
    notes: [],
  };
  const note = 'kube-proxy’s configuration is assumed: k3s and RKE2 have its arguments in files on the node (kube-proxy-arg)';
  return { file, configFrom: 'assumed', notes: [note] };
}
