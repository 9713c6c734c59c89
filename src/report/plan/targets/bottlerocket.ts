import { commented, overwrittenBy, type PlannedTable, sysctlsToSet, type TargetFiles } from './target.ts';

/** User data of Bottlerocket (settings.kernel.*). */
export function bottlerocketFiles(plan: PlannedTable): TargetFiles {
  const settings = Object.entries(sysctlsToSet(plan)).map(([key, value]) => `"${key}" = "${value}"\n`);
  const text = [
    commented([
      'User data of Bottlerocket. The sysctl keys do not exist before the module is loaded, hence autoload.',
      ...overwrittenBy(plan),
      'EKS: kube-proxy-config sets maxPerCore and min, and takes precedence over kube-proxy’s flags',
      '(bottlerocket-os/bottlerocket#4221).',
    ]),
    '[settings.kernel.modules.nf_conntrack]\nallowed = true\nautoload = true\n\n',
    '[settings.kernel.sysctl]\n',
    ...settings,
  ].join('');
  return { files: { 'bottlerocket.toml': text }, remarks: [] };
}
