import { stringify } from 'yaml';
import type { PlanReport } from '../../model/result/plan/plan.ts';
import { figure } from './figure.ts';

const USED = 'node_nf_conntrack_entries / node_nf_conntrack_entries_limit';
/** A forecast needs a window as long as it looks ahead, with several scrapes in it. */
const LEAST_WINDOW = 5; // minutes

/**
 * Prometheus rules over node_exporter's conntrack collector, valid for `promtool check rules`. The stat metrics are exported as
 * gauges but only grow, so rate() is right. node_exporter must run with hostNetwork to see the node's own table.
 */
export function alertRules({ alerts }: Pick<PlanReport, 'alerts'>): string {
  const { wantedMinutes, threshold, minutesLeft } = alerts;
  const window = `${Math.max(LEAST_WINDOW, Math.ceil(wantedMinutes))}m`;
  const percent = Math.round(threshold * 100);
  const left =
    minutesLeft === null
      ? 'The planned load does not grow the table.'
      : `At the planned ${figure(alerts.slope)} new entries per second it is full ${duration(minutesLeft)} later.`;
  const rules = [
    rule('ConntrackTableFilling', `${USED} > ${threshold}`, 'warning', {
      summary: `The conntrack table of {{ $labels.instance }} is more than ${percent} % full.`,
      description: `{{ $value | humanizePercentage }} of the entries are used. ${left}`,
    }),
    rule(
      'ConntrackTableFullSoon',
      `predict_linear(node_nf_conntrack_entries[${window}], ${Math.round(wantedMinutes * 60)}) > node_nf_conntrack_entries_limit and ${USED} > ${Math.min(0.5, threshold)}`,
      'warning',
      {
        summary: `The conntrack table of {{ $labels.instance }} will be full within ${Number(wantedMinutes.toFixed(1))} minutes.`,
        description: 'At the current growth rate the table fills; new connections are then dropped.',
      },
    ),
    rule('ConntrackDropping', 'rate(node_nf_conntrack_stat_drop[5m]) > 0', 'critical', {
      summary: '{{ $labels.instance }} drops new connections.',
      description: '{{ $value }} packets per second are dropped: the conntrack table is, or was, full.',
    }),
    rule('ConntrackEvicting', 'rate(node_nf_conntrack_stat_early_drop[5m]) > 0', 'warning', {
      summary: '{{ $labels.instance }} evicts conntrack entries to make room.',
      description:
        '{{ $value }} entries per second that are not [ASSURED] are evicted: the table is full, although packets may not be dropped yet.',
    }),
  ];
  return stringify({ groups: [{ name: 'conntrack', rules }] }, { lineWidth: 0 });
}

function rule(alert: string, expr: string, severity: string, annotations: Readonly<Record<string, string>>) {
  return { alert, expr, labels: { severity }, annotations };
}

function duration(minutes: number): string {
  return minutes < 2 ? `${Math.round(minutes * 60)} s` : `${Number(minutes.toPrecision(2))} minutes`;
}
