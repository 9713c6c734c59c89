import type { SettingChange } from '../../model/result/findings.ts';
import type { RunLog } from '../log/run-log.ts';
import { mayTakeStale, settingsSet } from './announced.ts';

/** Synthetic entries that may be missed: others came and went while they were counted. */
const MISCOUNTED = 20;

type Checked = Pick<RunLog, 'meta' | 'tableCheck' | 'actions'>;

/** Settings of the gateway's conntrack that were not the same at the end of the load as before it, or as an action had set them. */
export function changedSettings({ meta, tableCheck, actions }: Checked): SettingChange[] {
  const before = { ...meta.environment.sysctls, ...settingsSet(actions) };
  return Object.entries(tableCheck?.sysctls ?? {}).flatMap(([name, after]) => {
    const value = before[name];
    return value === undefined || value === after ? [] : [{ name, before: value, after }];
  });
}

/** Synthetic entries (ballast, prefill) put into the gateway's table and left at the end; undefined when none are missing. */
export function missingSynthetic({
  meta,
  tableCheck,
  actions,
}: Checked): { readonly put: number; readonly left: number } | undefined {
  const { ballast, prefilled } = meta.lab.capacity;
  const put = ballast + (actions.some(mayTakeStale) ? 0 : prefilled);
  const left = tableCheck?.syntheticEntries;
  return left === undefined || left >= put - MISCOUNTED ? undefined : { put, left };
}
