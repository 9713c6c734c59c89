import type { PasteFiles, PlanReport } from '../../../model/result/plan/plan.ts';

export type PlannedTable = Pick<PlanReport, 'recommend' | 'limit' | 'node'>;

/** The files that set a plan's table at one place. */
export interface TargetFiles {
  readonly files: PasteFiles;
  /** What is to be known of files that cannot hold comments, one sentence each. */
  readonly remarks: readonly string[];
}

/** The table to set. A limit is raised, never lowered. */
export function tableToSet({ recommend, limit }: PlannedTable): { readonly max: number; readonly buckets: number } {
  return { max: Math.max(recommend.max, limit.max), buckets: recommend.buckets };
}

/** The table as sysctl settings. Buckets too: with max alone they would stay, and early drop depends on entries ÷ buckets. */
export function sysctlsToSet(plan: PlannedTable): Readonly<Record<string, string>> {
  const { max, buckets } = tableToSet(plan);
  return { 'net.netfilter.nf_conntrack_buckets': String(buckets), 'net.netfilter.nf_conntrack_max': String(max) };
}

/** Which kube-proxy overwrites a sysctl setting, and what to do; empty when none does. */
export function overwrittenBy(plan: PlannedTable): string[] {
  const { limit, node } = plan;
  return limit.policy === 'exact' && tableToSet(plan).max !== limit.max
    ? [
        `kube-proxy ${node.kubeProxyVersion} overwrites nf_conntrack_max when it starts: change its ConfigMap instead,`,
        'or set maxPerCore: 0 there, so that it leaves the limit unchanged.',
      ]
    : [];
}

export function commented(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}
