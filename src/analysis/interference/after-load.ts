import type { SettingChange } from '../../model/result/findings.ts';
import type { RunLog } from '../log/run-log.ts';

/** Synthetic entries that may be missed: others came and went while they were counted. */
const MISCOUNTED = 20;

type Checked = Pick<RunLog, 'meta' | 'tableCheck'>;

/** Settings of the gateway's conntrack that were not the same at the end of the load as before it. */
export function changedSettings({ meta, tableCheck }: Checked): SettingChange[] {
  const before = meta.environment.sysctls;
  return Object.entries(tableCheck?.sysctls ?? {}).flatMap(([name, after]) => {
    const value = before[name];
    return value === undefined || value === after ? [] : [{ name, before: value, after }];
  });
}

/** Synthetic entries (ballast, prefill) put into the gateway's table and left at the end; undefined when none are missing. */
export function missingSynthetic({ meta, tableCheck }: Checked): { readonly put: number; readonly left: number } | undefined {
  const put = meta.lab.capacity.ballast + meta.lab.capacity.prefilled;
  const left = tableCheck?.syntheticEntries;
  return left === undefined || left >= put - MISCOUNTED ? undefined : { put, left };
}
