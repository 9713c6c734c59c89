import { count, milliseconds, percent, plural } from '../../model/format.ts';
import type { RunReport } from '../../model/result/report.ts';
import type { PercentileCurve } from '../../model/result/series.ts';
import { tableWasRead } from '../../model/result/summary.ts';
import { decadeTicks, linear, logarithmic, tickText } from './axis.ts';
import type { Ink } from './chart.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { dataTable } from './table.ts';

const WIDTH = 380;
const HEIGHT = 230;
const LEFT = 52;
const RIGHT = WIDTH - 12;
const TOP = 12;
const BOTTOM = HEIGHT - 34;

/** What clients felt: connect times before and after the break, and everything against how full the table was. */
export function clientImpact(run: RunReport): Markup {
  return html`<section><h2>Client impact</h2><div class="pair">${distributionFigure(run)}${utilizationFigure(run)}</div></section>`;
}

function distributionFigure({ summary, series }: RunReport): Markup {
  const { before, after } = series.distribution;
  const broke = summary.breakingPoint !== null;
  const curves: [string, Ink, PercentileCurve][] = broke
    ? [
        ['before the break', 'blue', before],
        ['after', 'red', after],
      ]
    : [['whole run', 'blue', before]];
  const all = curves.flatMap(([, , { points }]) => points.map(({ ms }) => ms));
  const key = curves.map(
    ([name, ink, curve]) =>
      html`<span class="key ink-${ink}">${name}: ${curve.count === 0 ? 'none connected' : plural(curve.count, 'connection')}</span>`,
  );
  const note = broke
    ? ' The interval that contains the break is left out; an attempt that never connected has no connect time.'
    : '';
  return html`<figure><figcaption><b>Connect latency by percentile</b> Share of connections that were at least this fast.${note}</figcaption>
<p class="keys">${key}</p>${all.length === 0 ? NOTHING : percentilePlot(curves, all)}</figure>`;
}

function percentilePlot(curves: readonly [string, Ink, PercentileCurve][], all: readonly number[]): Markup {
  const most = Math.max(...curves.map(([, , { count: connections }]) => connections), 100);
  const range: [number, number] = [
    10 ** Math.floor(Math.log10(Math.min(...all))),
    10 ** Math.ceil(Math.log10(Math.max(...all) * 1.0001)),
  ];
  const x = logarithmic([1, most], [LEFT, RIGHT]); // of one attempt in how many
  const y = logarithmic(range, [BOTTOM, TOP]);
  const placeOf = (percentile: number) => x(Math.min(most, 100 / Math.max(1e-9, 100 - percentile)));
  const ticks = [0, 50, 90, 99, 99.9, 99.99, 99.999].filter((percentile) => 100 / (100 - percentile) <= most * 1.0001);
  const paths = curves.map(([, ink, { points }]) =>
    points.length === 0
      ? NOTHING
      : html`<path class="line ink-${ink}" d="M${points.map(({ percentile, ms }) => `${fix(placeOf(percentile))} ${fix(y(ms))}`).join('L')}"/>`,
  );
  const labels = spread(ticks.map((percentile) => ({ text: `${percentile} %`, at: placeOf(percentile) })));
  return html`<svg class="plot-small" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Connect latency by percentile">
${decadeTicks(...range).map((ms) => html`<path class="grid" d="M${LEFT} ${fix(y(ms))}H${RIGHT}"/><text class="tick" x="${LEFT - 6}" y="${fix(y(ms) + 4)}" text-anchor="end">${tickText(ms, 'milliseconds')}</text>`)}
${ticks.map((percentile) => html`<path class="grid" d="M${fix(placeOf(percentile))} ${TOP}V${BOTTOM}"/>`)}
${labels.map(({ text, at }) => html`<text class="tick" x="${fix(at)}" y="${BOTTOM + 16}" text-anchor="middle">${text}</text>`)}
${paths}</svg>`;
}

interface Label {
  readonly text: string;
  /** Its middle. */
  readonly at: number;
}

/** Width of a character of a tick at most, in units of the picture. */
const CHARACTER = 7;

/** Moves the labels of an axis into the picture, and leaves out those that another to the right of them covers. */
function spread(labels: readonly Label[]): Label[] {
  let free = WIDTH;
  return labels
    .toReversed()
    .flatMap(({ text, at }) => {
      const half = (text.length * CHARACTER) / 2;
      const inside = Math.min(at, WIDTH - half);
      if (inside + half > free) return [];
      free = inside - half;
      return [{ text, at: inside }];
    })
    .reverse();
}

function utilizationFigure({ summary }: RunReport): Markup {
  const { knees, correlation, conntrack } = summary;
  if (!tableWasRead(summary)) return NOTHING;
  const rows = knees.byUtilization;
  const name = (from: number, to: number) => (from >= 1 ? 'full' : `${Math.round(from * 100)}–${Math.round(to * 100)} %`);
  const table = rows.map(({ from, to, attempted, badShare, connectingP99Ms }) => [
    name(from, to),
    count(attempted),
    percent(badShare),
    connectingP99Ms === null ? '–' : milliseconds(connectingP99Ms),
  ]);
  const r = (value: number | null) => (value === null ? 'n/a (no variance)' : value.toFixed(2));
  return html`<figure><figcaption><b>Failures and latency by how full the table was</b> Of ${count(conntrack.effectiveMax)} entries. Correlation with utilization: failures ${r(correlation.failuresVsUtilization)}, p99 connect time ${r(correlation.latencyVsUtilization)}.</figcaption>
<p class="keys"><span class="key ink-red">failed or delayed</span><span class="key ink-blue">p99 connect time, median</span></p>
${rows.length === 0 ? NOTHING : utilizationPlot(rows)}
<details><summary>Figures</summary>${dataTable('By utilization of the table', ['table', 'attempted', 'failed or delayed', 'p99 connect'], table)}</details></figure>`;
}

function utilizationPlot(rows: RunReport['summary']['knees']['byUtilization']): Markup {
  const slots = 11;
  const width = (RIGHT - LEFT) / slots;
  const slot = (from: number) => LEFT + Math.min(10, Math.round(from * 10)) * width;
  const share = linear([0, 1], [104, TOP]);
  const times = rows.flatMap(({ connectingP99Ms }) => connectingP99Ms ?? []);
  const range: [number, number] = [
    10 ** Math.floor(Math.log10(Math.min(...times, 1))),
    10 ** Math.ceil(Math.log10(Math.max(...times, 1) * 1.0001)),
  ];
  const y = logarithmic(range, [BOTTOM, 126]);
  const bars = rows.map(
    ({ from, badShare }) =>
      html`<path class="bar ink-red" d="M${fix(slot(from) + 2)} 104V${fix(share(badShare))}H${fix(slot(from) + width - 2)}V104Z"/>`,
  );
  const dots = rows.flatMap(({ from, connectingP99Ms: ms }) =>
    ms === null ? [] : [html`<circle class="dot ink-blue" cx="${fix(slot(from) + width / 2)}" cy="${fix(y(ms))}" r="4"/>`],
  );
  const grid = (at: number, text: string) =>
    html`<path class="grid" d="M${LEFT} ${fix(at)}H${RIGHT}"/><text class="tick" x="${LEFT - 6}" y="${fix(at + 4)}" text-anchor="end">${text}</text>`;
  const names = ['0', '', '20 %', '', '40 %', '', '60 %', '', '80 %'].map(
    (text, index) =>
      html`<text class="tick" x="${fix(LEFT + index * width)}" y="${BOTTOM + 16}" text-anchor="${index === 0 ? 'start' : 'middle'}">${text}</text>`,
  );
  return html`<svg class="plot-small" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Failures and latency by utilization">
${[0, 0.5, 1].map((value) => grid(share(value), `${value * 100} %`))}${decadeTicks(...range).map((ms) => grid(y(ms), tickText(ms, 'milliseconds')))}
${bars}${dots}${names}<text class="tick strong" x="${RIGHT}" y="${BOTTOM + 16}" text-anchor="end">full</text></svg>`;
}

function fix(value: number): string {
  return String(Math.round(value * 10) / 10);
}
