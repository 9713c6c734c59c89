import { timeoutSeconds } from '../../model/input/timeouts.ts';
import { headsPerPage } from '../../model/node/kernel.ts';
import { KUBE_PROXY_DEFAULTS, type KubeProxyConntrack, SCALED_CAP } from '../../model/node/kube-proxy.ts';
import { tableBytes } from '../../model/node/table-memory.ts';
import { isAtLeast, type Version } from '../../model/node/version.ts';
import type { Recommendation } from '../../model/result/plan/plan.ts';
import { bisect, type PlanInputs, peakEntries, type TableSettings } from '../node-load.ts';
import { timeoutsInUse } from './sensitivity.ts';

const HEADS_PER_PAGE = headsPerPage(64);
const SHORTEST_TIMEOUT = 1; // second; the kernel accepts whole seconds only

/**
 * The smallest nf_conntrack_max that holds the load with the headroom, in whole pages of hash buckets, and never more than the
 * present limit where that already does. Up to that limit the buckets stay as they are; above it there is at least one per
 * entry: with more buckets expired entries wait longer.
 */
export function smallestTable(setting: PlanInputs): TableSettings {
  const { table: now } = setting;
  const withMax = (max: number): TableSettings => ({ max, buckets: max <= now.max ? now.buckets : Math.max(max, now.buckets) });
  const fits = (max: number) => peakEntries({ ...setting, table: withMax(max) }) <= max * (1 - setting.headroom);
  if (fits(now.max)) return withMax(Math.min(now.max, wholePages(bisect(1, now.max, fits))));
  let high = Math.max(HEADS_PER_PAGE, now.max);
  while (!fits(high)) high *= 2;
  return withMax(wholePages(bisect(now.max, high, fits)));
}

function wholePages(entries: number): number {
  return Math.ceil((entries * (1 - 1e-6)) / HEADS_PER_PAGE) * HEADS_PER_PAGE;
}

/** The smallest table for the load, and its kernel memory in bytes. */
export function sizeFor(
  setting: PlanInputs,
  node: { readonly kernel: Version; readonly memTotalBytes: number | null },
): Pick<Recommendation, 'max' | 'buckets' | 'memoryBytes' | 'memoryShare'> {
  const table = smallestTable(setting);
  const memoryBytes = tableBytes(table, node.kernel);
  return { ...table, memoryBytes, memoryShare: node.memTotalBytes === null ? null : memoryBytes / node.memTotalBytes };
}

/**
 * For each timeout in use the longest, in seconds, with which the load fits under the present limit with the headroom; timeouts that
 * are not sufficient alone are left out. Empty when the load fits as it is.
 */
export function sufficientTimeouts(setting: PlanInputs): Record<string, number> {
  const allowed = setting.table.max * (1 - setting.headroom);
  const fits = (timeouts: PlanInputs['timeouts']) => peakEntries({ ...setting, timeouts }) <= allowed;
  if (fits(setting.timeouts)) return {};
  const found = timeoutsInUse(setting.traffic).flatMap((name) => {
    const now = timeoutSeconds(name, setting.timeouts);
    const tooLong = bisect(SHORTEST_TIMEOUT, now, (seconds) => !fits({ ...setting.timeouts, [name]: seconds }));
    const seconds = Math.floor(tooLong);
    return fits({ ...setting.timeouts, [name]: seconds }) ? [[name, seconds] as const] : [];
  });
  return Object.fromEntries(found);
}

/**
 * kube-proxy's maxPerCore and min with which every node gets at least `max`; `min` is raised, never lowered. kube-proxy ≥ 1.36 caps
 * maxPerCore × cores at 1,048,576, whatever min is, so for more than that maxPerCore has to stay below the cap. Where
 * maxPerCore 0 turns the limit off it stays off: kube-proxy may not be able to write it there (read-only /proc/sys).
 */
export function kubeProxyFields(
  max: number,
  now: KubeProxyConntrack,
  version: Version,
  mostCores: number,
): { maxPerCore: number; min: number } {
  if (now.max === undefined && now.maxPerCore === 0) return { maxPerCore: 0, min: now.min };
  const min = Math.max(max, now.max ?? now.min);
  const perCore = now.maxPerCore === 0 ? KUBE_PROXY_DEFAULTS.maxPerCore : now.maxPerCore; // `max` excludes maxPerCore
  const capped = isAtLeast(version, 1, 36) && min > SCALED_CAP && perCore * mostCores > SCALED_CAP;
  return { maxPerCore: capped ? Math.floor(SCALED_CAP / mostCores) : perCore, min };
}
