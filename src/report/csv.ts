import type { Report, RunReport } from '../model/result/report.ts';
import { type RunSeries, STEP_SECONDS } from '../model/result/series.ts';
import { tableWasRead } from '../model/result/summary.ts';
import type { FailureCause } from '../model/timeline/attempt.ts';

/** `timeline.csv` (RFC 4180): the run over time, a row for every 100 ms. */
export const csvReport: Report = { file: 'timeline.csv', render: renderCsv };

type Column = readonly [name: string, cells: readonly (number | null)[]];

/**
 * States, connect times and the machine are measured less often: they stand in the row of the step they were measured in
 * (connect times: that their interval begins in), the others are empty.
 */
export function renderCsv({ summary, series }: RunReport): string {
  const columns = columnsOf(series, tableWasRead(summary));
  let text = line(columns.map(([name]) => name));
  for (let step = 0; step < series.steps; step++) text += line(columns.map(([, cells]) => cells[step] ?? ''));
  return text;
}

function line(cells: readonly (string | number)[]): string {
  return `${cells.join(',')}\r\n`;
}

function columnsOf({ steps, table, gateways = [], load, states, connecting, machine }: RunSeries, read: boolean): Column[] {
  const counted = (cells: readonly number[]) => (read ? cells : []);
  const at = (times: readonly number[], values: readonly number[]) => inStep(steps, times, values);
  const begins = connecting.map(({ from }) => from);
  return [
    ['t_seconds', Array.from({ length: steps }, (_, step) => Number((step * STEP_SECONDS).toFixed(1)))],
    ['entries_max', table.entriesMax],
    ['entries_min', table.entriesMin],
    [
      'utilization',
      table.entriesMax.map((entries, step) => (entries === null ? null : utilization(entries, table.capacity[step] ?? 0))),
    ],
    ['drop', counted(table.drop)],
    ['early_drop', counted(table.earlyDrop)],
    ['insert_failed', counted(table.insertFailed)],
    ...gateways.flatMap(({ name, entriesMax, drop }): Column[] => [
      [`entries_max_${snake(name)}`, entriesMax],
      [`drop_${snake(name)}`, drop],
    ]),
    ['attempted', load.attempted],
    ['succeeded', load.succeeded],
    ['delayed', load.delayed],
    ...(Object.entries(load.failed) as [FailureCause, readonly number[]][]).map(
      ([cause, counts]): Column => [`failed_${snake(cause)}`, counts],
    ),
    ['open_connections', load.open],
    ...(['p50', 'p90', 'p99', 'max'] as const).map(
      (name): Column => [
        `connecting_${name}_ms`,
        at(
          begins,
          connecting.map((interval) => interval[name]),
        ),
      ],
    ),
    ...Object.entries(states.counts).map(([state, counts]): Column => [`entries_${snake(state)}`, at(states.t, counts)]),
    ['gateway_cpu_share', at(machine.t, machine.gatewayCpu)],
    ['machine_cpu_share', at(machine.t, machine.cpu)],
    ['memory_share', at(machine.t, machine.memory)],
  ];
}

function utilization(entries: number, capacity: number): number {
  return Number((entries / capacity).toFixed(6));
}

/** Values at the steps their times lie in; of several in one step the last. */
function inStep(steps: number, times: readonly number[], values: readonly number[]): (number | null)[] {
  const cells = Array<number | null>(steps).fill(null);
  times.forEach((t, index) => {
    cells[Math.min(steps - 1, Math.floor(t / STEP_SECONDS + 1e-9))] = values[index] ?? null;
  });
  return cells;
}

function snake(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
}
