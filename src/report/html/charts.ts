import type { RunReport } from '../../model/result/report.ts';
import { type RunSeries, STEP_SECONDS } from '../../model/result/series.ts';
import { tableWasRead } from '../../model/result/summary.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import { ceilingOf } from './axis.ts';
import { type Chart, causeInk, type Ink, type Line, stateInk, type Track } from './chart.ts';

/** Room above the highest value. */
const HEADROOM = 1.08;
/** Events per second: one in a step. */
const LEAST_RATE = 1 / STEP_SECONDS;
/** Seconds: a stepped line ends at its last point. */
const BEFORE = 0.001;

/** The charts over time, all on one axis, from the cause to what was felt. */
export function timeCharts({ summary, series }: RunReport): Chart[] {
  return [
    ...(tableWasRead(summary) ? [entriesChart(series), ...gatewaysChart(series), dropsChart(series)] : []),
    attemptsChart(series),
    ...connectingChart(series),
    machineChart(series, summary.headroom.gatewayCpuIsUpperBound !== false),
  ];
}

function entriesChart({ table, states, steps, load }: RunSeries): Chart {
  const end = round(steps * STEP_SECONDS);
  const peak = highest(load.open, highest(table.entriesMax, highest(table.capacity)));
  const open = stepTrack(load.open.length, false, [{ name: 'open connections', ink: 'teal', style: 'dash', values: load.open }]);
  return {
    id: 'entries',
    title: 'Entries against the limit',
    caption: 'Entries in the gateway’s table, stacked by state.',
    unit: 'entries',
    scale: 'linear',
    range: [0, peak * HEADROOM],
    tracks: [
      {
        t: states.t,
        stepped: false,
        lines: Object.entries(states.counts).map(([name, values]) => ({ name, ink: stateInk(name), style: 'stack', values })),
      },
      envelope(table),
      ...(load.open.some((count) => count > 0) ? [open] : []),
      limitTrack(table.capacity, end),
    ],
  };
}

/** The limit, with a point wherever an action has changed it. */
function limitTrack(capacity: readonly number[], end: number): Track {
  const changes = capacity.flatMap((limit, step) =>
    limit === capacity[step - 1] ? [] : [{ t: round(step * STEP_SECONDS), limit }],
  );
  const points = changes.flatMap(({ t, limit }, index) => {
    const until = changes[index + 1]?.t ?? end;
    return [
      [t, limit],
      [index + 1 < changes.length ? until - BEFORE : until, limit],
    ] as const;
  });
  const values = points.map(([, limit]) => limit);
  return { t: points.map(([t]) => t), stepped: false, lines: [{ name: 'limit', ink: 'red', style: 'dash', values }] };
}

/** Lowest and highest count of every step, in the order the curve's direction suggests. */
function envelope({ entriesMin, entriesMax }: RunSeries['table']): Track {
  const values = entriesMax.flatMap((high, step) => {
    const low = entriesMin[step] ?? null;
    const rising = (entriesMax[step + 1] ?? high ?? 0) >= (high ?? 0);
    return rising ? [low, high] : [high, low];
  });
  const t = values.map((_, index) => round((index * STEP_SECONDS) / 2));
  return { t, stepped: false, lines: [{ name: 'entries', ink: 'text', style: 'line', values }] };
}

const GATEWAY_INKS: readonly Ink[] = ['blue', 'amber', 'violet', 'teal', 'pink', 'green', 'brown', 'orange'];

function gatewayInk(index: number): Ink {
  return GATEWAY_INKS[index % GATEWAY_INKS.length] ?? 'slate';
}

/** Every gateway's table against its limit, where there are several. */
function gatewaysChart({ gateways, steps }: RunSeries): Chart[] {
  if (gateways === undefined) return [];
  const share = (entries: number | null, capacity = 0) => (entries === null ? null : (100 * entries) / capacity);
  const lines = gateways.map(({ name, entriesMax, capacity }, index): Line => {
    const values = entriesMax.map((entries, step) => share(entries, capacity[step]));
    return { name, ink: gatewayInk(index), style: 'line', values };
  });
  return [
    {
      id: 'gateways',
      title: 'Utilization by gateway',
      caption: 'Entries ÷ limit of every monitored table on the path.',
      unit: 'percent',
      scale: 'linear',
      range: [0, Math.max(100, ...lines.map(({ values }) => highest(values))) * HEADROOM],
      tracks: [stepTrack(steps, false, lines)],
    },
  ];
}

function dropLines({ table, gateways }: RunSeries): Line[] {
  if (gateways === undefined) return [{ name: 'drop', ink: 'red', style: 'area', values: perSecond(table.drop) }];
  const dropped = gateways.flatMap(({ name, drop }, index): Line[] =>
    highest(drop) > 0 ? [{ name: `drop of ${name}`, ink: gatewayInk(index), style: 'line', values: perSecond(drop) }] : [],
  );
  return dropped.length > 0 ? dropped : [{ name: 'drop', ink: 'red', style: 'area', values: perSecond(table.drop) }];
}

function dropsChart(series: RunSeries): Chart {
  const { table, steps } = series;
  const all: Line[] = [
    ...dropLines(series),
    { name: 'early_drop', ink: 'violet', style: 'area', values: perSecond(table.earlyDrop) },
    { name: 'insert_failed', ink: 'brown', style: 'line', values: perSecond(table.insertFailed) },
  ];
  const lines = all.filter(({ name, values }) => name.startsWith('drop') || highest(values) > 0);
  const evicted =
    highest(table.earlyDrop) > 0 ? ', and entries evicted by early drop; per second' : ', per second; no entry was evicted';
  return {
    id: 'drops',
    title: 'Drops and evictions',
    caption: `Packets the gateway’s kernel dropped because the table was full${evicted}.`,
    unit: 'per-second',
    scale: 'linear',
    ...upTo(lines),
    tracks: [stepTrack(steps, true, lines)],
  };
}

function attemptsChart({ load, steps }: RunSeries): Chart {
  const failed = Object.entries(load.failed) as [FailureCause, readonly number[]][];
  const lines: Line[] = [
    { name: 'attempted', ink: 'slate', style: 'line', values: perSecond(load.attempted) },
    { name: 'succeeded', ink: 'green', style: 'line', values: perSecond(load.succeeded) },
    ...(load.delayed.some((count) => count > 0)
      ? [{ name: 'delayed', ink: 'amber', style: 'line', values: perSecond(load.delayed) } as const]
      : []),
    ...failed.map(([cause, counts]): Line => ({ name: cause, ink: causeInk(cause), style: 'area', values: perSecond(counts) })),
  ];
  return {
    id: 'attempts',
    title: 'Attempts, successes, failures',
    caption: 'Per second, by the scheduled start of the attempt; failures by cause.',
    unit: 'per-second',
    scale: 'linear',
    ...upTo(lines),
    tracks: [stepTrack(steps, true, lines)],
  };
}

/** The axis of values per second. */
function upTo(lines: readonly Line[]): Pick<Chart, 'range' | 'note'> {
  const { high, ...note } = ceilingOf(lines, LEAST_RATE);
  return { range: [0, high * HEADROOM], ...note };
}

function connectingChart({ connecting }: RunSeries): Chart[] {
  if (connecting.length === 0) return [];
  const t: number[] = [];
  const rows: (RunSeries['connecting'][number] | null)[] = [];
  connecting.forEach((interval, index) => {
    t.push(interval.from);
    rows.push(interval);
    if (connecting[index + 1]?.from === interval.to) return;
    t.push(interval.to - BEFORE, interval.to); // nothing connected from here on
    rows.push(interval, null);
  });
  const line = (name: 'p50' | 'p90' | 'p99' | 'max', ink: Line['ink']): Line => ({
    name,
    ink,
    style: 'line',
    values: rows.map((row) => (row === null ? null : Math.max(0.001, row[name]))),
  });
  const lowest = connecting.reduce((low, { p50 }) => Math.min(low, p50), Number.POSITIVE_INFINITY);
  return [
    {
      id: 'connecting',
      title: 'Connect latency',
      caption: 'Milliseconds from connect() to ESTABLISHED, successful connections only; logarithmic.',
      unit: 'milliseconds',
      scale: 'log',
      range: decades(lowest, highest(connecting.map(({ max }) => max))),
      tracks: [
        { t, stepped: true, lines: [line('max', 'red'), line('p99', 'orange'), line('p90', 'teal'), line('p50', 'blue')] },
      ],
    },
  ];
}

/** @param atMost whether the gateway's CPU is an upper bound: it has no kernel of its own */
function machineChart({ machine }: RunSeries, atMost: boolean): Chart {
  const line = (name: string, ink: Line['ink'], shares: readonly number[]): Line => ({
    name,
    ink,
    style: 'line',
    values: shares.map((share) => Math.round(share * 1000) / 10),
  });
  return {
    id: 'machine',
    title: 'CPU and memory',
    caption: atMost
      ? 'Share of the whole machine. Gateway CPU is an upper bound: all softirq time, in which packets are forwarded, and the gateway’s own processes.'
      : 'Share of this machine; gateway CPU is a share of the gateway’s own machine, ctload’s probes there included.',
    unit: 'percent',
    scale: 'linear',
    range: [0, 100],
    tracks: [
      {
        t: machine.t.map(round),
        stepped: false,
        lines: [
          line(`gateway CPU${atMost ? ' (at most)' : ''}`, 'blue', machine.gatewayCpu),
          line('machine CPU', 'slate', machine.cpu),
          line('memory', 'violet', machine.memory),
        ],
      },
    ],
  };
}

function stepTrack(steps: number, stepped: boolean, lines: readonly Line[]): Track {
  return { t: Array.from({ length: steps }, (_, step) => round(step * STEP_SECONDS)), stepped, lines };
}

function perSecond(counts: readonly number[]): number[] {
  return counts.map((count) => round(count / STEP_SECONDS));
}

function highest(values: readonly (number | null)[], least = 0): number {
  return values.reduce<number>((high, value) => Math.max(high, value ?? 0), least);
}

/** Whole powers of ten around both values. */
function decades(low: number, high: number): [number, number] {
  const from = 10 ** Math.floor(Math.log10(Math.max(0.001, low)));
  const to = 10 ** Math.ceil(Math.log10(high * 1.0001));
  return [from, Math.max(to, from * 10)];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
