import { stringify } from 'yaml';
import type { PasteFiles, PlanReport } from '../../model/result/plan/plan.ts';
import { alertRules } from './plan-alerts.ts';
import { SYSCTL_FILE, sysctlFile } from './targets/systemd.ts';

type Plan = Omit<PlanReport, 'paste' | 'writes' | 'requirements' | 'verification'>;

/** The kube-proxy configuration from --kube-proxy-config, to be written with other limits. */
export interface GivenConfiguration {
  readonly configuration: Fields;
  readonly configMap: { readonly object: Fields; readonly key: string } | null;
  /** Whether it came as flags, which a ConfigMap does not change. */
  readonly asFlags: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const PLAIN: Fields = {
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  conntrack: { tcpEstablishedTimeout: '24h0m0s', tcpCloseWaitTimeout: '1h0m0s' },
};
const PLAIN_MAP: Fields = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-proxy', namespace: 'kube-system' } };
/** Fields that the API server adds to an object and that must not be applied. */
const SERVER_METADATA = ['creationTimestamp', 'resourceVersion', 'uid', 'managedFields', 'generation', 'selfLink'];

/** Configuration that gives the nodes of the plan the recommended table, by file name, with those of --write. Limits are raised, never lowered. */
export function manifestFiles(
  plan: Plan,
  given: GivenConfiguration | null,
  written: readonly { readonly files: PasteFiles }[] = [],
): PasteFiles {
  const pool = plan.recommend.nodePool.length === 0 ? {} : { 'karpenter-nodepool.yaml': nodePool(plan) };
  return {
    'kube-proxy-configmap.yaml': kubeProxyConfigMap(plan, given),
    [SYSCTL_FILE]: sysctlFile(plan),
    ...pool,
    'conntrack-alerts.yaml': alertRules(plan),
    ...Object.assign({}, ...written.map(({ files }) => files)),
  };
}

function kubeProxyConfigMap(plan: Plan, given: GivenConfiguration | null): string {
  const configuration = given?.configuration ?? PLAIN;
  const object = given?.configMap?.object ?? PLAIN_MAP;
  const key = given?.configMap?.key ?? 'config.conf';
  const data = typeof object['data'] === 'object' ? object['data'] : {};
  const text = stringify({ ...configuration, conntrack: conntrackBlock(plan, configuration['conntrack']) });
  const complete = given?.configMap != null;
  return [
    ...flagLines(plan, given),
    ...offLines(plan),
    ...(complete
      ? []
      : [
          '# Merge the conntrack block into your own ConfigMap: this one is not complete.',
          '#   kubectl -n kube-system edit configmap kube-proxy        (EKS: kube-proxy-config, key config)',
        ]),
    ...eksLines(plan, object['metadata']),
    '# Then: kubectl -n kube-system rollout restart daemonset kube-proxy',
    stringify({ ...object, metadata: clientMetadata(object['metadata']), data: { ...data, [key]: text } }, { lineWidth: 0 }),
  ].join('\n');
}

/** The block that was given with the recommended fields; without `max`, which excludes maxPerCore. */
function conntrackBlock({ recommend }: Plan, block: unknown): Fields {
  const { max: _, ...rest }: Fields = typeof block === 'object' && block !== null ? { ...block } : {};
  return isOff(recommend) ? { ...rest, maxPerCore: 0 } : { ...rest, ...recommend.kubeProxy };
}

function isOff({ kubeProxy }: Plan['recommend']): boolean {
  return kubeProxy.maxPerCore === 0;
}

function flagLines({ recommend }: Plan, given: GivenConfiguration | null): string[] {
  if (given?.asFlags !== true) return [];
  const { maxPerCore, min } = recommend.kubeProxy;
  return [
    '# The file that was given sets flags, and a ConfigMap does not change them. As flags:',
    `#   --conntrack-max-per-core=${maxPerCore} --conntrack-min=${min}`,
  ];
}

function offLines({ recommend }: Plan): string[] {
  return isOff(recommend)
    ? ['# maxPerCore: 0 stays, so kube-proxy leaves nf_conntrack_max to the node: set it with 90-conntrack.conf.']
    : [];
}

/** The EKS add-on owns its ConfigMap (aws/containers-roadmap#2318). */
function eksLines({ node }: Plan, metadata: unknown): string[] {
  const name = typeof metadata === 'object' && metadata !== null && 'name' in metadata ? metadata.name : undefined;
  if (node.instanceType === null && name !== 'kube-proxy-config') return [];
  return [
    '# EKS: the managed kube-proxy add-on overwrites this ConfigMap when it is updated. Set the block in the add-on instead, where',
    '# its schema has conntrack (aws eks describe-addon-configuration --addon-name kube-proxy --addon-version VERSION):',
    '#   aws eks update-addon --addon-name kube-proxy --configuration-values \'{"conntrack": {…}}\' --cluster-name NAME',
    '# Otherwise update with --resolve-conflicts PRESERVE, which keeps your edit, or run kube-proxy without the add-on.',
  ];
}

function clientMetadata(metadata: unknown): Record<string, unknown> {
  const entries = typeof metadata === 'object' && metadata !== null ? Object.entries(metadata) : [];
  return Object.fromEntries(entries.filter(([key]) => !SERVER_METADATA.includes(key)));
}

function nodePool({ recommend }: Plan): string {
  const requirements = recommend.nodePool.map(({ key, operator, values }) => ({ key, operator, values }));
  const left = recommend.tooSmall.length === 0 ? [] : [`# Excluded because they are too small: ${recommend.tooSmall.join(', ')}`];
  return [
    '# Merge into your NodePool: excludes types whose conntrack table is too small for the load.',
    ...left,
    stringify({
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodePool',
      metadata: { name: 'gateway' },
      spec: { template: { spec: { requirements } } },
    }),
  ].join('\n');
}
