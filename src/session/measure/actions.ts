import { setTimeout as sleep } from 'node:timers/promises';
import { carryOut } from '../../lab/actions.ts';
import { type AnyLab, isExistingLab } from '../../lab/lab.ts';
import type { Action } from '../../model/input/actions.ts';
import { type AnyScenario, isExisting } from '../../model/input/scenario.ts';
import type { TimelineRecord } from '../../model/timeline/sample.ts';
import { messageOf } from '../../platform/errors.ts';
import { interruptible } from '../../platform/exec.ts';
import type { Log } from '../../platform/log.ts';
import { actionText } from '../../report/wording/actions.ts';
import type { Lost } from './run-outcome.ts';

/** The actions of a load in progress. Disposing waits for the one that is being carried out and starts no other. */
export interface RunningActions extends AsyncDisposable {
  /** Resolves, never rejects, when one could not be carried out. */
  readonly failed: Promise<Lost>;
  /** Entries that the load may have now. */
  readonly max: number;
}

interface Outlets {
  /** Seconds since the start of the load. */
  now(): number;
  record(entry: TimelineRecord): void;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Ends the wait for one that is being carried out. */
  readonly signal: AbortSignal;
}

/** Carries out the actions of a scenario one after the other, each when it is due, and records them as they are done. */
export function startActions(lab: AnyLab, scenario: AnyScenario, { now, record, log, signal }: Outlets): RunningActions {
  const wanted = isExisting(scenario) ? [] : (scenario.actions ?? []).toSorted((a, b) => a.atSeconds - b.atSeconds);
  const over = new AbortController();
  let max = lab.capacity.effectiveMax;
  let fail: (why: Lost) => void = () => {};
  const failed = new Promise<Lost>((resolve) => {
    fail = resolve;
  });
  const perform = async ({ atSeconds, ...deed }: Action): Promise<void> => {
    if (isExistingLab(lab)) return;
    const t = now();
    const deleted = await interruptible(signal, () => carryOut(deed as Action, lab));
    const action = { ...deed, doneSeconds: now(), ...(deleted === undefined ? {} : { deletedEntries: deleted }) };
    if ('max' in action) max = action.max;
    record({ type: 'event', t, name: 'action', detail: actionText(action), action });
    log.info(`action at ${t.toFixed(1)} s: ${actionText(action)}`);
  };
  const all = async (): Promise<void> => {
    for (const [index, action] of wanted.entries()) {
      await sleep(Math.max(0, (action.atSeconds - now()) * 1000), undefined, { signal: over.signal }).catch(() => {});
      if (over.signal.aborted) {
        log.warn(`the load was over before ${wanted.length - index} of ${wanted.length} actions were due`);
        return;
      }
      try {
        await perform(action);
      } catch (error) {
        fail(['action-failed', `action ${index + 1} of ${wanted.length} (${actionText(action)}): ${messageOf(error)}`]);
        return;
      }
    }
  };
  const ended = all();
  return {
    failed,
    get max() {
      return max;
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await ended;
    },
  };
}
