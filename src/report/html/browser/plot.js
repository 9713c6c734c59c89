import { secondsText, tickText, withUnit } from './format.js';
import { color, tint } from './theme.js';

const HEIGHTS = { entries: 260 };
const FONT = '12px system-ui, sans-serif';
const AXIS_WIDTH = 62;
/** Labels of actions stand in rows, as several may be at nearly the same time. */
const LABEL_ROWS = 4;
const LABEL_STEP = 11; // percent of the height

/** One uPlot chart in `figure`; `group` is told of zooms and asked for the cursor's key. */
export function createPlot(figure, chart, run, group) {
  const holder = figure.querySelector('.plot');
  const { raw, drawn, lines, track } = join(chart);
  const height = HEIGHTS[chart.id] ?? 150;
  const series = lines.map((line, index) => seriesOf(line, chart, raw[index + 1], track[index]));
  const axis = {
    stroke: () => color('muted'),
    font: FONT,
    grid: { stroke: () => color('rule'), width: 1 },
    ticks: { show: false },
  };
  const options = {
    width: holder.clientWidth,
    height,
    padding: [8, 20, 0, 0],
    series: [{ label: 'at', value: (plot) => timeText(plot) }, ...series],
    scales: {
      x: { time: false, auto: false, min: 0, max: run.end },
      y: { auto: false, distr: chart.scale === 'log' ? 3 : 1, range: () => chart.range },
    },
    axes: [
      { ...axis, size: 26, gap: 6, space: 64, values: (_, ticks) => ticks.map(secondsText) },
      {
        ...axis,
        ...splits(chart),
        size: AXIS_WIDTH,
        gap: 6,
        space: 26,
        values: (_, ticks) => ticks.map((value) => tickText(value, chart.unit)),
      },
    ],
    legend: { live: true, markers: { show: false } },
    cursor: {
      y: false,
      points: { show: false },
      dataIdx: (plot, index, nearest, t) => (index === 0 ? nearest : indexAt(plot, index, nearest, t, track[index - 1].stepped)),
      drag: { x: true, y: false, setScale: true, dist: 4 },
      sync: { key: 'run' },
      bind: { dblclick: () => () => group.reset() },
    },
    hooks: {
      setScale: [(plot, key) => key === 'x' && group.zoomed(plot)],
      draw: [placeMarkers],
    },
  };
  const plot = new uPlot(options, drawn, holder);
  const rows = [...holder.querySelectorAll('.u-series')].slice(1); // the first is the time
  for (const [index, { style }] of lines.entries()) {
    rows[index].classList.add(style);
    rows[index].querySelector('.u-label').style.color = ''; // the swatch has the colour
  }
  for (const [index, { at, text }] of run.actions.entries()) {
    const marker = markerElement('action', chart, at, text);
    marker.querySelector('span')?.style.setProperty('top', `${4 + LABEL_STEP * (index % LABEL_ROWS)}%`); // above the break's
    plot.over.append(marker);
  }
  if (run.breakAt !== null) plot.over.append(markerElement('break', chart, run.breakAt, `break ${run.breakAt.toFixed(2)} s`));
  placeMarkers(plot);
  new ResizeObserver(() => holder.clientWidth > 0 && plot.setSize({ width: holder.clientWidth, height })).observe(holder);
  return plot;
}

/** Where a line has its value at time `t`: of steps the one that `t` lies in, else the point nearest in time. */
function indexAt({ data }, index, nearest, t, stepped) {
  const [times, values] = [data[0], data[index]];
  const search = (from, step) => {
    let at = from;
    while (at >= 0 && at < times.length && values[at] === undefined) at += step; // a time that only other tracks have
    return at;
  };
  const before = search(times[nearest] > t ? nearest - 1 : nearest, -1);
  if (stepped) return before < 0 ? null : before;
  const after = search(times[nearest] > t ? nearest : nearest + 1, 1);
  if (before < 0 || after >= times.length) return before < 0 ? after : before;
  return t - times[before] <= times[after] - t ? before : after;
}

function timeText(plot) {
  const { left } = plot.cursor;
  return left === undefined || left < 0 ? '–' : secondsText(plot.posToVal(left, 'x'));
}

/** A logarithmic axis has a line for every power of ten and no others. */
function splits({ scale, range: [low, high] }) {
  if (scale !== 'log') return {};
  const powers = Math.round(Math.log10(high / low));
  return {
    splits: () => Array.from({ length: powers + 1 }, (_, power) => Number((low * 10 ** power).toPrecision(6))),
    filter: (_, all) => all,
  };
}

/** All tracks on one axis: the values as they are, and as they are drawn, stacked lines on top of each other. */
function join({ tracks }) {
  const order = tracks.flatMap((track) => paintOrder(track).map((line) => ({ line, track })));
  const stacked = tracks.map((track) => [track.t, ...paintOrder(track).map((line) => heightsOf(track, line))]);
  const plain = tracks.map((track) => [track.t, ...paintOrder(track).map(({ values }) => values)]);
  return {
    raw: uPlot.join(plain),
    drawn: uPlot.join(stacked),
    lines: order.map(({ line }) => line),
    track: order.map(({ track }) => track),
  };
}

/** A stack is painted from the top down, so that the lower layers cover the upper ones. */
function paintOrder({ lines }) {
  return [...lines.filter(({ style }) => style === 'stack').reverse(), ...lines.filter(({ style }) => style !== 'stack')];
}

function heightsOf({ lines }, line) {
  if (line.style !== 'stack') return line.values;
  const below = lines.slice(0, lines.indexOf(line) + 1);
  return line.values.map((_, index) => below.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
}

function seriesOf({ name, ink, style }, { unit }, values, { stepped }) {
  const fills = { stack: () => tint(ink, 0.45), area: () => `${color(ink)}33` };
  return {
    label: name,
    class: `ink-${ink}`,
    stroke: () => color(ink),
    width: style === 'stack' ? 0 : style === 'dash' ? 1.5 : 1.6,
    ...(style === 'dash' ? { dash: [6, 4] } : {}),
    ...(fills[style] === undefined ? {} : { fill: fills[style] }),
    ...(stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
    points: { show: false },
    value: (_, drawn, _series, index) => withUnit(drawn === null || drawn === undefined ? null : values[index], unit),
  };
}

/** A vertical line at a time; the chart of entries has room for what it is. */
function markerElement(kind, chart, at, text) {
  const marker = document.createElement('div');
  marker.className = `marker ${kind}-marker`;
  marker.dataset.at = at;
  if (chart.id === 'entries') {
    const label = document.createElement('span');
    label.textContent = text;
    marker.append(label);
  }
  return marker;
}

function placeMarkers(plot) {
  const { min, max } = plot.scales.x;
  for (const marker of plot.over.querySelectorAll('.marker')) {
    const at = Number(marker.dataset.at);
    marker.hidden = at < min || at > max;
    marker.style.left = `${plot.valToPos(at, 'x')}px`;
    marker.classList.toggle('flipped', at > (min + max) / 2);
  }
}
