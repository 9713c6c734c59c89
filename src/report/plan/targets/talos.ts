import { stringify } from 'yaml';
import { commented, type PlannedTable, sysctlsToSet, type TargetFiles } from './target.ts';

/** A patch of the machine configuration (v1alpha1). */
export function talosFiles(plan: PlannedTable): TargetFiles {
  const patch = {
    machine: { sysctls: sysctlsToSet(plan) },
    cluster: { proxy: { extraArgs: { 'conntrack-max-per-core': '0' } } },
  };
  const text = `${commented([
    'talosctl patch machineconfig --patch @talos-conntrack.yaml --nodes …',
    'Talos starts kube-proxy with conntrack-max-per-core=0, so that it leaves the limit unchanged; other extraArgs of the',
    'cluster may say otherwise, hence it is said here. cluster.proxy counts on control plane nodes only.',
  ])}${stringify(patch)}`;
  return { files: { 'talos-conntrack.yaml': text }, remarks: [] };
}
