import type { Reason } from '../../model/result/findings.ts';
import type { AttemptTotals } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';
import { changedSettings, missingSynthetic } from './after-load.ts';
import { vanishedEntries } from './vanished.ts';

/** What something else did to the gateway's table during the run. */
export function interference(
  log: Pick<RunLog, 'meta' | 'loads' | 'tables' | 'tableCheck' | 'actions'> & { readonly attempts: AttemptTotals },
): Reason[] {
  const vanished = vanishedEntries(log);
  const missing = missingSynthetic(log);
  const changes = changedSettings(log);
  return [
    ...(vanished === undefined ? [] : [{ code: 'entries-vanished', figures: vanished } as const]),
    ...(missing === undefined ? [] : [{ code: 'synthetic-entries-missing', figures: missing } as const]),
    ...(changes.length === 0 ? [] : [{ code: 'settings-changed', figures: { changes } } as const]),
  ];
}
