import { percent, seconds } from '../../model/format.ts';
import type { RunReport } from '../../model/result/report.ts';
import { ALERT_UTILIZATION, type AlertOutlook } from '../../model/result/series.ts';
import { tableWasRead } from '../../model/result/summary.ts';
import { alertLines } from '../facts/alert-rules.ts';
import { linear } from './axis.ts';
import { html, type Markup, NOTHING } from './markup.ts';

const WIDTH = 600;
const RULES: Readonly<Record<AlertOutlook['rule'], readonly [name: string, expression: string]>> = {
  utilization: [
    `Utilization above ${ALERT_UTILIZATION * 100} %`,
    `NodeHighNumberConntrackEntriesUsed: node_nf_conntrack_entries / node_nf_conntrack_entries_limit > ${ALERT_UTILIZATION}`,
  ],
  drops: ['Drops', 'rate(node_nf_conntrack_stat_drop[…]) > 0'],
};

/** What the usual alerts would have shown, and when. */
export function alerts({ summary, series }: RunReport): Markup {
  if (!tableWasRead(summary)) return NOTHING;
  const { firstLostAtSeconds: lost } = series;
  const latest = Math.max(lost ?? 0, ...series.alerts.map(({ latestSeconds }) => latestSeconds ?? 0));
  const shows = series.alerts.some(({ earliestSeconds }) => earliestSeconds !== null);
  const lead = shows
    ? html`A scrape samples one instant, so every possible scrape phase was simulated. Rule evaluation and notification delays come on top.`
    : html`No alert would have fired, whatever the scrape phase.`;
  const legend =
    lost === null ? NOTHING : html` The line marks the first lost or delayed request, scheduled at ${seconds(lost)}.`;
  return html`<section><h2>What the usual alerts would have shown</h2><p>${lead}${legend}</p>
<ul class="alerts">${shows ? series.alerts.map((outlook) => alert(outlook, lost, latest * 1.03)) : []}</ul>${ownAlerts(summary)}</section>`;
}

/** The same of the user's rules. */
function ownAlerts(summary: RunReport['summary']): Markup {
  const lines = alertLines(summary);
  return lines.length === 0
    ? NOTHING
    : html`<h3>Your own alerting rules, by ${summary.alertRules?.engine ?? ''}</h3><ul>${lines.map(([, text]) => html`<li>${text}</li>`)}</ul>`;
}

function alert(outlook: AlertOutlook, lost: number | null, end: number): Markup {
  const { rule, scrapeSeconds, earliestSeconds, latestSeconds } = outlook;
  const [name, expression] = RULES[rule];
  return html`<li><h3>${name}, scraped every ${scrapeSeconds} s</h3><code>${expression}</code>
${strip(earliestSeconds, latestSeconds, lost, end)}<p class="ends"><span>0 s</span><span>${seconds(end)}</span></p><p>${describe(outlook, lost)}</p></li>`;
}

function describe({ rule, earliestSeconds, latestSeconds, seenShare, inTimeShare }: AlertOutlook, lost: number | null): string {
  if (earliestSeconds === null || latestSeconds === null) return 'Never: the expression was never true.';
  const between = `First seen between ${seconds(earliestSeconds)} and ${seconds(latestSeconds)}`;
  const relative =
    lost === null ? '' : ` (${offset(earliestSeconds - lost)} to ${offset(latestSeconds - lost)} the first lost request)`;
  const seen =
    seenShare >= 1 ? 'whatever the scrape phase' : `in ${percent(seenShare)} of phases; otherwise not during the recording`;
  const inTime =
    inTimeShare === null
      ? ''
      : ` Before the first loss: ${inTimeShare === 0 ? 'never' : `in ${percent(inTimeShare)} of phases`}.`;
  return `${between}${relative}, ${seen}.${inTime}${rule === 'drops' ? ' It cannot fire before the first drop.' : ''}`;
}

function offset(difference: number): string {
  return `${seconds(Math.abs(difference))} ${difference < 0 ? 'before' : 'after'}`;
}

/** From when to when the alert first shows, and the first lost request. */
function strip(earliest: number | null, latest: number | null, lost: number | null, end: number): Markup {
  const x = linear([0, end], [0, WIDTH]);
  const at = (t: number) => Math.round(x(t) * 10) / 10;
  const bar =
    earliest === null || latest === null
      ? NOTHING
      : html`<rect class="bar ink-amber" x="${at(earliest)}" y="7" width="${Math.max(2, at(latest) - at(earliest))}" height="10" rx="2"/>`;
  const mark = lost === null ? NOTHING : html`<path class="break-line" d="M${at(lost)} 0V24"/>`;
  return html`<svg class="strip" viewBox="0 0 ${WIDTH} 24" preserveAspectRatio="none" aria-hidden="true"><path class="axis" d="M0 12H${WIDTH}"/>${bar}${mark}</svg>`;
}
