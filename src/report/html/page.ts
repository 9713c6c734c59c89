import type { Report, RunReport } from '../../model/result/report.ts';
import { STEP_SECONDS } from '../../model/result/series.ts';
import { actionText } from '../wording/actions.ts';
import { alerts } from './alerts.ts';
import { readAssets } from './assets.ts';
import type { Chart } from './chart.ts';
import { timeCharts } from './charts.ts';
import { clientImpact } from './client-impact.ts';
import { downsample } from './downsample.ts';
import { actionFigures, familyFigures, floodFigures, gatewayFigures, timeFigures } from './figures.ts';
import { header } from './header.ts';
import { html, jsonForScript, type Markup, NOTHING } from './markup.ts';
import { overview } from './overview.ts';
import { prediction } from './prediction.ts';
import { reproduce } from './reproduce.ts';
import { htmlPage } from './skeleton.ts';
import { thresholds } from './thresholds.ts';

/** Points of a line in the live charts, at most: more than they have pixels. */
const POINTS = 1200;

/** `report.html`: one file that needs nothing else, on paper and without scripts as well. */
export const htmlReport: Report = { file: 'report.html', render: renderPage };

export function renderPage(run: RunReport): string {
  const { style, script } = readAssets();
  const { summary } = run;
  const body = html`<main>
${header(run)}
${overTime(run)}
${clientImpact(run)}
${alerts(run)}
${prediction(run)}
${thresholds(run)}
${floodFigures(run)}
${reproduce(run)}
</main>
<footer><p>Made by ctload ${summary.run.version} from the record of run ${summary.run.id}. Charts: uPlot, MIT license. This file needs no network.</p></footer>`;
  return htmlPage({ title: `${summary.scenario.name}: ${summary.verdict.kind} – ctload`, style, script, body });
}

function overTime(run: RunReport): Markup {
  const { series, summary } = run;
  const charts = timeCharts(run);
  const end = Number((series.steps * STEP_SECONDS).toFixed(1));
  const breakAt = summary.breakingPoint?.atSeconds ?? null;
  const actions = series.actions.map(({ atSeconds, action }) => ({ at: atSeconds, text: actionText(action) }));
  const data = { end, breakAt, actions, charts: charts.map(lean) };
  const mark = breakAt === null ? NOTHING : html` <span class="key ink-break">breaking point</span>`;
  const acted = actions.length === 0 ? NOTHING : html` <span class="key ink-action">action</span>`;
  return html`<section id="time"><h2>Over time</h2>
<p class="hint">Seconds since the start of the load.${mark}${acted} ${thinned(series.steps)}</p>
<div class="toolbar" role="toolbar" aria-label="Zoom"><button type="button" data-zoom="in">Zoom in</button><button type="button" data-zoom="out">Zoom out</button><button type="button" data-zoom="reset">Reset</button><span>Drag across a chart to zoom. Keys: ← → cursor, + − zoom, Shift ← → pan, 0 reset.</span></div>
<div class="live">${charts.map(figure)}</div><p class="status" role="status"></p>
<div class="still scroll" tabindex="0" role="region" aria-label="Charts over time">${overview(
    charts,
    end,
    breakAt,
    actions.map(({ at }) => at),
  )}</div>
${gatewayFigures(summary)}
${familyFigures(summary)}
${actionFigures(summary)}
${timeFigures(run)}
<script type="application/json" id="run">${jsonForScript(data)}</script></section>`;
}

function figure({ id, title, caption, note }: Chart): Markup {
  const text = note === undefined ? caption : `${caption} ${note}`;
  return html`<figure class="chart" id="chart-${id}" tabindex="0" aria-label="${title}: ${text}"><figcaption><b>${title}</b> ${text}</figcaption><div class="plot"></div></figure>`;
}

/** What the live chart needs. */
function lean({ id, title, unit, scale, range, tracks }: Chart) {
  return { id, title, unit, scale, range, tracks: tracks.map((track) => downsample(track, POINTS)) };
}

/** Says what was left out: a long run has more steps than a chart has pixels. */
function thinned(steps: number): string {
  const stretch = Math.ceil((2 * steps) / POINTS) * STEP_SECONDS;
  if (steps <= POINTS / 2) return `Steps of ${STEP_SECONDS} s.`;
  return `Every line shows the lowest and the highest value of each ${Number(stretch.toFixed(1))} s; timeline.csv has every ${STEP_SECONDS} s.`;
}
