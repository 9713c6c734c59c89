import { count, percent } from '../../model/format.ts';
import type { Estimate, ObservedLoad, ObservedTable, Spread, TableService } from '../../model/result/observed-load.ts';
import type { LoadOfPlan } from '../../model/result/plan/plan.ts';
import { formatDuration } from '../../model/units.ts';
import type { Block, Section } from '../document/document.ts';
import { figure } from './figure.ts';

const FIGURES = [
  ['rate', 'short connections per second'],
  ['held', 'connections open and in use'],
  ['dnsFlows', 'DNS flows per second'],
  ['udpFlows', 'other UDP flows per second'],
  ['halfOpenRate', 'unanswered SYNs per second'],
  ['closeWaitRate', 'connections per second that come to CLOSE_WAIT'],
  ['leakRate', 'connections per second that turn stale'],
] as const satisfies readonly (readonly [keyof ObservedLoad, string])[];

/** What a listing says: the load behind it, and which services its entries are of. */
export function tableSection(table: ObservedTable, load: LoadOfPlan): Section {
  const rows = FIGURES.flatMap(([key, what]) => {
    const estimate = load[key];
    return estimate === null || estimate.high === 0 || (estimate.value === 0 && key !== 'rate') ? [] : [row(what, estimate)];
  });
  return {
    heading: `The table: ${table.source}`,
    blocks: [
      { kind: 'list', items: facts(table) },
      { kind: 'table', rows: [['load', 'estimate', 'from', 'to'], ...rows] },
      { kind: 'table', rows: [['service', 'entries', 'share', 'mostly'], ...table.services.map(serviceRow)] },
      ...growthBlocks(table),
    ],
  };
}

function row(what: string, { value, low, high }: Estimate): string[] {
  return [what, figure(value), figure(low), figure(high)];
}

function serviceRow({ service, entries, share, byClass }: TableService): string[] {
  const [[most = '', of = 0] = []] = Object.entries(byClass).sort(([, a], [, b]) => b - a);
  return [service, count(entries), percent(share), `${most} ${percent(of / entries)}`];
}

function facts(table: ObservedTable): string[] {
  const { entries, byState, unreplied, damaged, idle, age, stale, offloaded, unacknowledged, serviceCount } = table;
  const states = Object.entries(byState).map(([state, number]) => `${state} ${count(number)}`);
  const { lines, samples } = damaged;
  const named = samples.map(({ line, text }) => `line ${line}${text === null ? '' : ` (${JSON.stringify(text)})`}`);
  return [
    `${count(entries)} entries of ${count(serviceCount)} ${serviceCount === 1 ? 'service' : 'services'}: ${states.join(', ')}; ${count(unreplied)} [UNREPLIED]`,
    ...(idle.p50 === null
      ? []
      : [
          `established connections have been idle for ${spreadText(idle)}; ${count(stale)} for ${formatDuration(table.staleAfterSeconds)} or more`,
        ]),
    ...(age === null ? [] : [`established connections are ${spreadText(age)} old`]),
    ...(offloaded === 0 ? [] : [`${count(offloaded)} flows are offloaded; they have no timer, and count as in use`]),
    ...(unacknowledged === 0
      ? []
      : [`${count(unacknowledged)} established connections wait for an acknowledgement; their peers may be gone`]),
    ...(lines === 0 ? [] : [`${count(lines)} damaged ${lines === 1 ? 'line' : 'lines'} left out: ${named.join(', ')}`]),
  ];
}

/** `12s (median), 1m (p90), 5m at most` */
function spreadText({ p50, p90, max }: Spread): string {
  const time = (seconds: number | null) => formatDuration(Math.round(seconds ?? 0));
  return `${time(p50)} (median), ${time(p90)} (p90), ${time(max)} at most`;
}

function growthBlocks({ growth }: ObservedTable): Block[] {
  if (growth === null) return [];
  const { seconds, entries, byClass, services } = growth;
  const classes = Object.entries(byClass).map(([name, rate]) => `${name} ${signed(rate)}`);
  return [
    {
      kind: 'text',
      text: `In ${formatDuration(seconds)} the table grew by ${signed(entries)} entries per second: ${classes.join(', ') || 'nothing changed'}.`,
    },
    ...(services.length === 0
      ? []
      : [
          {
            kind: 'table',
            rows: [
              ['service', 'established per second', 'entries per second'],
              ...services.map((one) => [one.service, signed(one.established), signed(one.entries)]),
            ],
          } as const,
        ]),
  ];
}

function signed(rate: number): string {
  return `${rate > 0 ? '+' : rate < 0 ? '−' : ''}${figure(Math.abs(rate))}`;
}
