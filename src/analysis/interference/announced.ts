import { timeoutSysctl } from '../../model/input/timeouts.ts';
import { type ActionFacts, deletes } from '../../model/timeline/action.ts';
import type { DoneAction } from '../log/capacity-course.ts';

// What actions of the scenario do to the gateway's table: it was announced, so it is no interference.

/** nf_conntrack_max, by its full name. */
const MAX_SYSCTL = 'net.netfilter.nf_conntrack_max';
/** Seconds by which the times of a sample and of an action may differ. */
const UNSURE = 0.05;

/** The timeouts that actions set, seconds. */
export function timeoutsSet(actions: readonly ActionFacts[]): number[] {
  return actions.flatMap(({ timeouts = {} }) => Object.values(timeouts));
}

/** The settings of the gateway that actions set, by full name, as they are after the last. */
export function settingsSet(actions: readonly ActionFacts[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const { max, timeouts = {} } of actions) {
    if (max !== undefined) settings[MAX_SYSCTL] = String(max);
    for (const [name, seconds] of Object.entries(timeouts)) settings[timeoutSysctl(name) ?? name] = String(seconds);
  }
  return settings;
}

/** Whether an action deletes entries such as prefill's, which are those of established TCP connections. */
export function mayTakeStale({ delete: filter, flush }: ActionFacts): boolean {
  if (flush !== undefined) return true;
  return filter !== undefined && filter.protocol !== 'udp' && (filter.state === undefined || filter.state === 'ESTABLISHED');
}

/** The actions that delete entries, going forward in time. */
export class Deletions {
  readonly #deletions: readonly DoneAction[];
  #past = 0;

  constructor(actions: readonly DoneAction[]) {
    this.#deletions = actions.filter(deletes);
  }

  /** The last of those whose deletions a sample at `to`, after one at `from`, may show; undefined when there is none. */
  between(from: number, to: number): (DoneAction & { readonly stale: boolean }) | undefined {
    let stale = false;
    let last: DoneAction | undefined;
    for (let index = this.#past; index < this.#deletions.length; index++) {
      const deletion = this.#deletions[index] as DoneAction;
      if (deletion.t - UNSURE > to) break;
      if (deletion.doneSeconds + UNSURE < from) {
        this.#past = index + 1;
        continue;
      }
      last = deletion;
      stale ||= mayTakeStale(deletion);
    }
    return last && { ...last, stale };
  }
}
