import { count } from '../../../model/format.ts';
import { type PlannedTable, type TargetFiles, tableToSet } from './target.ts';

/** What AKS accepts ("Custom node configuration parameters", 2026-08). */
const MAX = [131_072, 2_097_152] as const;
const BUCKETS = [65_536, 524_288] as const;

/** `az aks nodepool add --linux-os-config`: applies to a node pool when it is created. */
export function aksFiles(plan: PlannedTable): TargetFiles {
  const { max, buckets } = tableToSet(plan);
  const set = { max: within(max, MAX), buckets: within(buckets, BUCKETS) };
  const sysctls = { netNetfilterNfConntrackMax: set.max, netNetfilterNfConntrackBuckets: set.buckets };
  return {
    files: { 'aks-linuxosconfig.json': `${JSON.stringify({ sysctls }, null, 2)}\n` },
    remarks: [
      'aks-linuxosconfig.json: az aks nodepool add --linux-os-config aks-linuxosconfig.json … (a pool gets it when it is created).',
      'AKS runs kube-proxy, which sets nf_conntrack_max where this setting is absent (MicrosoftDocs/azure-aks-docs#350) and has overwritten it (Azure/AKS#3051): read the value back on a node.',
      ...(set.max < max
        ? [
            `AKS accepts at most ${count(MAX[1])} entries, fewer than the ${count(max)} of this plan: spread the load over more nodes.`,
          ]
        : []),
      ...(set.buckets < buckets
        ? [`AKS accepts at most ${count(BUCKETS[1])} buckets, fewer than the ${count(buckets)} of this plan.`]
        : []),
    ],
  };
}

function within(value: number, [least, most]: readonly [number, number]): number {
  return Math.min(most, Math.max(least, value));
}
