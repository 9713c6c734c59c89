import { count, percent, plural, seconds } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';
import type { Styler } from '../text/layout.ts';
import { boundText, verdictTitle } from './verdict-heading.ts';

const INK = { broke: 'bgRed', held: 'bgGreen', inconclusive: 'bgYellow' } as const;

/** ` BROKE  conntrack table full          burst · netns` */
export function headline(summary: Summary, width: number, paint: Styler): string {
  const { kind } = summary.verdict;
  const badge = ` ${kind.toUpperCase()} `;
  const title = verdictTitle(summary);
  const right = `${summary.scenario.name} · ${summary.environment.driver}${summary.environment.rootless ? ' rootless' : ''}`;
  const gap = width - 2 - badge.length - 2 - title.length - right.length;
  const tail = gap >= 2 ? ' '.repeat(gap) + paint('dim', right) : '';
  return `  ${paint('bold', paint(INK[kind], badge))}  ${paint('bold', title)}${tail}`;
}

/** One or two sentences that say it all. */
export function summaryText(summary: Summary): string {
  const { breakingPoint: point, conntrack, verdict } = summary;
  if (point === null) {
    if (conntrack.method === 'unknown')
      return `The gateway's table is not monitored; the load lasted ${seconds(summary.run.durationSeconds)}.`;
    const { peakCapacity = conntrack.effectiveMax } = conntrack;
    const peak = `${count(conntrack.peakEntries)} of ${count(peakCapacity)} entries`;
    const evicted = conntrack.earlyDrop === 0 ? '' : `, ${plural(conntrack.earlyDrop, 'flow')} evicted`;
    const drops = conntrack.drop === 0 ? 'no packet dropped' : `${plural(conntrack.drop, 'packet')} dropped`;
    return `Peak ${peak} (${percent(conntrack.peakEntries / peakCapacity)}), ${drops}${evicted}, over ${seconds(summary.run.durationSeconds)}.`;
  }
  const reached = verdict.validity === 'generator-bound' ? ' scheduled but not reached' : '';
  const when = verdict.bound === null ? '' : `${boundText(verdict.bound)} than `;
  return `Broke at ${count(point.entries)} of ${count(point.capacity ?? conntrack.effectiveMax)} entries, ${when}${seconds(point.atSeconds)} into the load, at ${count(point.offeredRate)} new connections/s${reached} (${count(point.openConnections)} open).`;
}
