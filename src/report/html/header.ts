import { count, milliseconds, percent, plural, seconds } from '../../model/format.ts';
import type { RunReport } from '../../model/result/report.ts';
import { type Summary, tableWasRead } from '../../model/result/summary.ts';
import { slowest } from '../facts/clients.ts';
import { reasonsHeading } from '../facts/verdict-heading.ts';
import { html, type Markup } from './markup.ts';
import { summarySentence } from './summary-sentence.ts';

/** Head of the page: the sentence, the figures to remember, the reasons. */
export function header(run: RunReport): Markup {
  const { summary } = run;
  const { verdict, scenario, environment } = summary;
  const when = summary.run.startedAt.slice(0, 16).replace('T', ' ');
  const validity = verdict.validity === 'generator-bound' ? html` <span class="badge bound">generator-bound</span>` : html``;
  const bound = verdict.bound === null ? html`` : html` <span class="badge bound">${verdict.bound}</span>`;
  return html`<header>
<p class="meta"><span class="badge ${verdict.kind}">${verdict.kind}</span>${validity}${bound} <b>${scenario.name}</b> · ${environment.driver} · Linux ${environment.kernel} · ${when} UTC</p>
<h1>${summarySentence(run)}</h1>
${scenario.description === '' ? html`` : html`<p class="description">${scenario.description}</p>`}
<dl class="tiles">${tiles(summary).map(([name, value, more]) => html`<div><dt>${name}</dt><dd>${value}<small>${more}</small></dd></div>`)}</dl>
<section><h2>${reasonsHeading(summary)}</h2>
<ul class="reasons">${verdict.reasons.map((reason) => html`<li>${reason}</li>`)}</ul></section>
</header>`;
}

function tiles(summary: Summary): [name: string, value: string, more: string][] {
  const { breakingPoint: point, conntrack, floods, headroom, metrics } = summary;
  const { peakCapacity = conntrack.effectiveMax } = conntrack;
  const all = Object.values(floods);
  const attempted = all.reduce((sum, flood) => sum + flood.attempted, 0);
  const failed = all.reduce((sum, flood) => sum + flood.failed, 0);
  const connecting = slowest(summary, all, 'connecting');
  const cpu = headroom.gatewayCpuShareAtBreak ?? metrics['gateway_cpu_share']?.values['avg'];
  const memory = headroom.gatewayMemoryShareAtBreak ?? metrics['host_memory_share']?.values['max'];
  const first: [string, string, string][] = !tableWasRead(summary)
    ? [['Table', 'not monitored', 'lab.conntrack: none']]
    : point === null
      ? [
          [
            'Peak entries',
            count(conntrack.peakEntries),
            `of ${count(peakCapacity)} (${percent(conntrack.peakEntries / peakCapacity)})`,
          ],
          ['Monitored for', seconds(summary.run.durationSeconds), `${count(conntrack.samples)} samples of the table`],
          ['Dropped', count(conntrack.drop), `packets; ${count(conntrack.earlyDrop)} entries evicted`],
        ]
      : [
          ['Breaking point', count(point.entries), `of ${count(point.capacity ?? conntrack.effectiveMax)} entries`],
          ['Broke at', seconds(point.atSeconds), 'into the load'],
          ['Offered load', count(point.offeredRate), `new connections/s; ${count(point.openConnections)} open`],
        ];
  return [
    ...first,
    [
      'Failed attempts',
      attempted === 0 ? '–' : percent(failed / attempted),
      `${count(failed)} of ${plural(attempted, 'attempt')}`,
    ],
    [
      'Connect p99',
      connecting === undefined ? '–' : milliseconds(connecting.latency.p99),
      `${connecting?.whose ?? ''}of those that connected`,
    ],
    [
      'Gateway CPU',
      cpu === undefined ? '–' : `${headroom.gatewayCpuIsUpperBound ? '≤ ' : ''}${percent(cpu)}`,
      `${point === null ? 'on average' : 'at the break'}${memory === undefined ? '' : `; memory ${percent(memory)}`}`,
    ],
  ];
}
