import { stringify } from 'yaml';
import { systemdFiles } from './systemd.ts';
import { commented, type PlannedTable, type TargetFiles } from './target.ts';

/** A drop-in of /etc/rancher/k3s/config.yaml; the buckets, which k3s leaves alone, by sysctl. */
export function k3sFiles(plan: PlannedTable): TargetFiles {
  const { maxPerCore, min } = plan.recommend.kubeProxy;
  const config = { 'kube-proxy-arg+': [`conntrack-max-per-core=${maxPerCore}`, `conntrack-min=${min}`] };
  const text = `${commented([
    '/etc/rancher/k3s/config.yaml.d/conntrack.yaml on every node (RKE2: /etc/rancher/rke2/config.yaml.d/), then restart it.',
    'k3s and RKE2 write nf_conntrack_max themselves from these arguments, up or down, at every start: they overwrite a sysctl',
    'file. They leave the buckets unchanged, hence 90-conntrack.conf.',
  ])}${stringify(config)}`;
  const { files, remarks } = systemdFiles(plan);
  return { files: { 'k3s-conntrack.yaml': text, ...files }, remarks };
}
