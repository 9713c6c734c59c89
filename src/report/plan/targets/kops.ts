import { stringify } from 'yaml';
import { commented, type PlannedTable, type TargetFiles, tableToSet } from './target.ts';

/** Part of a kops cluster (kops.k8s.io/v1alpha2). */
export function kopsFiles(plan: PlannedTable): TargetFiles {
  const { maxPerCore, min } = plan.recommend.kubeProxy;
  const { max, buckets } = tableToSet(plan);
  const off = maxPerCore === 0;
  const spec = {
    kubeProxy: { conntrackMaxPerCore: maxPerCore, conntrackMin: min },
    sysctlParameters: [
      `net.netfilter.nf_conntrack_buckets=${buckets}`,
      ...(off ? [`net.netfilter.nf_conntrack_max=${max}`] : []),
    ],
    fileAssets: [{ name: 'conntrack-modules', path: '/etc/modules-load.d/conntrack.conf', content: 'nf_conntrack\n' }],
  };
  const text = `${commented([
    'Merge into spec with kops edit cluster, then kops update cluster --yes and kops rolling-update cluster --yes.',
    off
      ? 'kube-proxy leaves nf_conntrack_max alone (conntrackMaxPerCore 0), so sysctlParameters set it.'
      : 'kube-proxy sets nf_conntrack_max from these fields when it starts and overwrites one in sysctlParameters.',
  ])}${stringify({ spec })}`;
  return { files: { 'kops-conntrack.yaml': text }, remarks: [] };
}
