import { timeoutSeconds } from '../model/input/timeouts.ts';
import { headsPerPage } from '../model/node/kernel.ts';
import { type KubeProxyConntrack, SCALED_CAP } from '../model/node/kube-proxy.ts';
import { tableBytes } from '../model/node/table-memory.ts';
import { isAtLeast, type Version } from '../model/node/version.ts';
import type { Recommendation } from '../model/result/plan.ts';
import { bisect, type PlanInputs, peakEntries, type TableSettings } from './node-load.ts';
import { timeoutsInUse } from './sensitivity.ts';

const HEADS_PER_PAGE = headsPerPage(64);
const SHORTEST_TIMEOUT = 1; // second; the kernel accepts whole seconds only

/**
 * The smallest nf_conntrack_max that holds the load with the headroom, in whole pages of hash buckets. It has one bucket per entry,
 * or the present number if that is higher: with more buckets expired entries wait longer.
 */
export function smallestTable(setting: PlanInputs): TableSettings {
  const withMax = (max: number): TableSettings => ({ max, buckets: Math.max(max, setting.table.buckets) });
  const fits = (max: number) => peakEntries({ ...setting, table: withMax(max) }) <= max * (1 - setting.headroom);
  let high = HEADS_PER_PAGE;
  while (!fits(high)) high *= 2;
  const least = bisect(1, high, fits);
  return withMax(Math.ceil((least * (1 - 1e-6)) / HEADS_PER_PAGE) * HEADS_PER_PAGE);
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
 * maxPerCore × cores at 1,048,576, whatever min is, so for more than that maxPerCore has to stay below the cap.
 */
export function kubeProxyFields(
  max: number,
  now: KubeProxyConntrack,
  version: Version,
  mostCores: number,
): { maxPerCore: number; min: number } {
  const min = Math.max(max, now.min);
  const perCore = now.maxPerCore === 0 ? Math.ceil(max / mostCores) : now.maxPerCore;
  const capped = isAtLeast(version, 1, 36) && min > SCALED_CAP && perCore * mostCores > SCALED_CAP;
  return { maxPerCore: capped ? Math.floor(SCALED_CAP / mostCores) : perCore, min };
}
