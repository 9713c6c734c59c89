import { type AxisPosition, decadeTicks, linear, logarithmic, roundTicks, tickText } from './axis.ts';
import type { Chart, Line, Track } from './chart.ts';
import { downsample } from './downsample.ts';
import { html, type Markup, NOTHING } from './markup.ts';

const WIDTH = 760;
const LEFT = 58;
const RIGHT = WIDTH - 14;
const TITLE = 30;
const GAP = 34;
const PLOT_HEIGHT: Readonly<Record<string, number>> = { entries: 170 };
const USUAL_HEIGHT = 92;
/** One in less than two units of the picture. */
const POINTS = 400;

/** All charts over time as one picture, for paper and for where no script runs. */
export function overview(
  charts: readonly Chart[],
  end: number,
  breakAt: number | null,
  actionsAt: readonly number[] = [],
): Markup {
  const x = linear([0, end], [LEFT, RIGHT]);
  let top = 0;
  const panels = charts.map((chart) => {
    const from = top + TITLE;
    const to = from + (PLOT_HEIGHT[chart.id] ?? USUAL_HEIGHT);
    top = to + GAP;
    return panel(chart, x, end, from, to);
  });
  const label = `Charts over time: ${charts.map(({ title }) => title).join(', ')}`;
  return html`<svg class="overview" viewBox="0 0 ${WIDTH} ${top}" role="img" aria-label="${label}">${panels}${actionsAt.map((at) => marker('action-line', x, at, top - GAP))}${breakAt === null ? NOTHING : marker('break-line', x, breakAt, top - GAP)}</svg>`;
}

function panel(chart: Chart, x: AxisPosition, end: number, top: number, bottom: number): Markup {
  const place = (chart.scale === 'log' ? logarithmic : linear)(chart.range, [bottom, top]);
  const y: AxisPosition = (value) => Math.max(top, place(value)); // what is beyond the range touches its end
  const note = chart.note === undefined ? NOTHING : html`<text class="tick" x="${LEFT}" y="${bottom + 30}">${chart.note}</text>`;
  const ticks = chart.scale === 'log' ? decadeTicks(...chart.range) : roundTicks(...chart.range, bottom - top > 120 ? 5 : 3);
  const times = roundTicks(0, end, 8);
  return html`<g><text class="title" x="0" y="${top - 14}">${chart.title}</text>${legend(chart, top - 14)}
${ticks.map((value) => html`<path class="grid" d="M${LEFT} ${fix(y(value))}H${RIGHT}"/><text class="tick" x="${LEFT - 6}" y="${fix(y(value) + 3)}" text-anchor="end">${tickText(value, chart.unit)}</text>`)}
${chart.tracks.map((track) => trackShapes(downsample(track, POINTS), x, y, bottom))}${note}
<path class="axis" d="M${LEFT} ${bottom}H${RIGHT}"/>${times.map((t) => html`<text class="tick" x="${fix(x(t))}" y="${bottom + 16}" text-anchor="${t === 0 ? 'start' : 'middle'}">${t} s</text>`)}</g>`;
}

function legend(chart: Chart, y: number): Markup {
  const keys = chart.tracks.flatMap(({ lines }) => lines);
  return html`<text x="${RIGHT}" y="${y}" text-anchor="end">${keys.map(({ name, ink }) => html`<tspan class="key ink-${ink}" dx="14">${name}</tspan>`)}</text>`;
}

function trackShapes({ t, stepped, lines }: Track, x: AxisPosition, y: AxisPosition, bottom: number): Markup {
  const places = t.map(x);
  let floor: number[] = t.map(() => 0);
  return html`${lines.map((line) => {
    if (line.style !== 'stack') return lineShape(line, places, stepped, y, bottom);
    const base = floor;
    const sums = base.map((value, index) => value + (line.values[index] ?? 0));
    floor = sums;
    const up = sums.map((value, index) => `${fix(places[index] ?? 0)} ${fix(y(value))}`);
    const down = base.map((value, index) => `${fix(places[index] ?? 0)} ${fix(y(value))}`).toReversed();
    return up.length === 0 ? NOTHING : html`<path class="layer ink-${line.ink}" d="M${[...up, ...down].join('L')}Z"/>`;
  })}`;
}

function lineShape(
  { values, ink, style }: Line,
  places: readonly number[],
  stepped: boolean,
  y: AxisPosition,
  bottom: number,
): Markup {
  const parts = runsOf(values).map((run) => {
    const points = run.map((index, nth) => {
      const at = fix(y(values[index] ?? 0));
      const to = fix(places[index] ?? 0);
      return nth === 0 ? `M${to} ${at}` : stepped ? `H${to}V${at}` : `L${to} ${at}`;
    });
    const last = run.at(-1) ?? 0;
    const end = fix(stepped ? (places[last + 1] ?? places[last] ?? 0) : (places[last] ?? 0));
    return { line: points.join('') + (stepped ? `H${end}` : ''), from: fix(places[run[0] ?? 0] ?? 0), end };
  });
  const area = style === 'area';
  const path = parts.map(({ line, from, end }) => (area ? `M${from} ${bottom}${line.replace('M', 'L')}L${end} ${bottom}` : line));
  return html`<path class="line ${style} ink-${ink}" d="${path.join('')}"/>`;
}

/** Indices of values without a gap between them. */
function runsOf(values: Line['values']): number[][] {
  const runs: number[][] = [];
  let run: number[] | undefined;
  values.forEach((value, index) => {
    if (value === null) {
      run = undefined;
    } else if (run === undefined) {
      run = [index];
      runs.push(run);
    } else run.push(index);
  });
  return runs;
}

function marker(kind: string, x: AxisPosition, at: number, bottom: number): Markup {
  return html`<path class="${kind}" d="M${fix(x(at))} ${TITLE}V${bottom}"/>`;
}

function fix(value: number): string {
  return String(Math.round(value * 10) / 10);
}
