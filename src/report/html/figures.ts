import { count, milliseconds, percent, seconds } from '../../model/format.ts';
import { isDatagrams } from '../../model/input/flood-kind.ts';
import type { RunReport } from '../../model/result/report.ts';
import { type RunSeries, STEP_SECONDS } from '../../model/result/series.ts';
import type { Summary } from '../../model/result/summary.ts';
import { FAILURE_CAUSES } from '../../model/timeline/attempt.ts';
import { familyLine } from '../facts/families.ts';
import { actionLines, recoveryLine } from '../facts/recovery.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { dataTable } from './table.ts';

/** Rows that still are a table one reads. */
const MOST_ROWS = 60;

/** Results per flood. */
export function floodFigures({ summary }: RunReport): Markup {
  const headings = ['flood', 'kind', 'attempted', 'succeeded', 'failed', 'delayed', 'connect p50', 'p99', 'max', 'causes'];
  const rows = Object.entries(summary.floods).map(([name, flood]) => {
    const waited = flood.latencyMs[isDatagrams(flood.kind) ? 'waiting' : 'connecting']; // a datagram connects nothing
    const causes = FAILURE_CAUSES.flatMap((cause) => {
      const failures = flood.failures[cause] ?? 0;
      return failures === 0 ? [] : [`${cause} ${count(failures)}`];
    });
    return [
      name,
      flood.kind,
      ...[flood.attempted, flood.succeeded, flood.failed, flood.delayed].map(count),
      ...(waited === undefined ? ['–', '–', '–'] : [waited.p50, waited.p99, waited.max].map(milliseconds)),
      causes.join(', ') || '–',
    ];
  });
  return html`<section><h2>Floods</h2>${dataTable('Results per flood', headings, rows)}</section>`;
}

/** The table of each of several gateways; nothing where there is one. */
export function gatewayFigures({ conntrack: { gateways } }: Summary): Markup {
  if (gateways === undefined) return NOTHING;
  const headings = ['gateway', 'peak', 'of', 'entries per connection', 'dropped', 'evicted', 'first drop', ''];
  const rows = gateways.map(({ name, peakEntries, effectiveMax, entriesPerConnection: each, drop, earlyDrop, ...rest }) => [
    name,
    count(peakEntries),
    count(effectiveMax),
    each === null ? '–' : each.toFixed(2),
    count(drop),
    count(earlyDrop),
    rest.firstDropAtSeconds === null ? '–' : seconds(rest.firstDropAtSeconds),
    rest.isFirst ? 'dropped first' : rest.tracksLoad ? '' : 'the load does not show in it',
  ]);
  return html`<h3>Gateways</h3>${dataTable('Monitored tables on the path', headings, rows)}`;
}

/** What the table held of each family; nothing where the lab has one. */
export function familyFigures(summary: Summary): Markup {
  const lines = familyLine(summary).map(([, text]) => html`<p>${text}.</p>`);
  return lines.length === 0 ? NOTHING : html`<h3>Families</h3>${lines}`;
}

/** What was done to the table while the load ran, and when it took new connections again; nothing where nothing was done. */
export function actionFigures(summary: Summary): Markup {
  const actions = actionLines(summary);
  if (actions.length === 0) return NOTHING;
  const recovery = recoveryLine(summary).map(([label, text]) => html`<p>${label}: ${text}.</p>`);
  return html`<h3>Actions</h3><ul>${actions.map(([, text]) => html`<li>${text}</li>`)}</ul>${recovery}`;
}

/** The charts' figures as a table: extremes and sums over stretches of the run. */
export function timeFigures({ series }: RunReport): Markup {
  const stretch = stretchOf(series.steps);
  const length = stretch * STEP_SECONDS;
  const headings = [
    'from (s)',
    'entries, max',
    'utilization',
    'dropped',
    'evicted',
    'attempted',
    'succeeded',
    'failed',
    'open',
    'connect p99',
  ];
  const rows: string[][] = [];
  const failed = series.load.attempted.map((_, step) =>
    Object.values(series.load.failed).reduce((total, counts) => total + (counts[step] ?? 0), 0),
  );
  for (let from = 0; from < series.steps; from += stretch) {
    rows.push(timeRow(series, failed, from, Math.min(from + stretch, series.steps)));
  }
  return html`<details class="figures"><summary>The charts’ figures as a table, every ${length} s</summary>
${dataTable(`Maxima and sums over intervals of ${length} s`, headings, rows)}</details>`;
}

/** Steps of one row: round times, so many that the rows are few however long the run. */
function stretchOf(steps: number): number {
  const hour = 3600 / STEP_SECONDS;
  const round = [1, 5, 10, 20, 50, 100, 200, 300, 600, 1200, 3000, 6000, 18_000].find((one) => steps / one <= MOST_ROWS);
  return round ?? Math.ceil(steps / MOST_ROWS / hour) * hour;
}

function timeRow({ table, load, connecting }: RunSeries, failed: readonly number[], from: number, to: number): string[] {
  const sum = (values: readonly number[]) => count(values.slice(from, to).reduce((total, value) => total + value, 0));
  const most = (values: readonly (number | null)[]) =>
    values.slice(from, to).reduce((high, value) => (value === null ? high : Math.max(high ?? 0, value)), null);
  const entries = most(table.entriesMax);
  const utilization = most(table.entriesMax.map((value, step) => (value === null ? null : value / (table.capacity[step] ?? 0))));
  const [start, end] = [from * STEP_SECONDS, to * STEP_SECONDS];
  const slowest = connecting.filter((interval) => interval.from < end - 1e-6 && interval.to > start + 1e-6).map(({ p99 }) => p99);
  return [
    String(Math.round(start * 10) / 10),
    entries === null ? '–' : count(entries),
    utilization === null ? '–' : percent(utilization),
    ...(entries === null ? ['–', '–'] : [table.drop, table.earlyDrop].map(sum)),
    ...[load.attempted, load.succeeded, failed].map(sum),
    count(load.open[to - 1] ?? 0),
    slowest.length === 0 ? '–' : milliseconds(Math.max(...slowest)),
  ];
}
