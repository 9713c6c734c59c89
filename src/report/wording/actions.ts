import { count, list, seconds } from '../../model/format.ts';
import type { ActionFacts } from '../../model/timeline/action.ts';

/** What an action does: `nf_conntrack_max set to 8,192`, `TIME_WAIT entries deleted`. */
export function actionText({ max, timeouts, delete: filter, endpoint, deletedEntries }: Partial<ActionFacts>): string {
  if (max !== undefined) return `nf_conntrack_max set to ${count(max)}`;
  if (timeouts !== undefined) {
    return `${list(Object.entries(timeouts).map(([name, value]) => `${name} set to ${seconds(value)}`))}`;
  }
  if (endpoint !== undefined) return 'the endpoints gone, others take new flows';
  const number = deletedEntries === undefined ? '' : ` (${count(deletedEntries)})`;
  if (filter === undefined) return `all entries deleted${number}`;
  const which = [filter.state, filter.protocol].filter((part) => part !== undefined).join(' ');
  return `${which} entries deleted${number}`;
}
