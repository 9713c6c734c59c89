import { bytes, plural } from '../../model/format.ts';
import type { FloodSummary } from '../../model/result/flood-summary.ts';
import type { Report, RunReport } from '../../model/result/report.ts';
import type { Summary } from '../../model/result/summary.ts';
import { facts } from '../facts/facts.ts';
import { FLOOD_HEADINGS, floodCells } from '../facts/flood-table.ts';
import { summaryText } from '../facts/headline.ts';
import { machineRows } from '../facts/host-load.ts';
import { observedText } from '../facts/thresholds.ts';
import { reasonsHeading, verdictTitle } from '../facts/verdict-heading.ts';
import { markdownCode, markdownDetails, markdownTable, markdownText } from '../text/markup.ts';

/** `report.md`: what a pull request, an issue or a job summary on GitHub shows; the long parts are folded. */
export const markdownReport: Report = { file: 'report.md', render: renderMarkdown };

export function renderMarkdown({ summary, scenario }: Pick<RunReport, 'summary' | 'scenario'>): string {
  const { name, description } = summary.scenario;
  const parts = [
    `## ${markdownText(name)}: ${summary.verdict.kind.toUpperCase()}, ${markdownText(verdictTitle(summary))}`,
    description === '' ? '' : markdownText(description),
    `**${markdownText(summaryText(summary))}**`,
    factTable(summary),
    `### ${reasonsHeading(summary)}`,
    summary.verdict.reasons.map((reason) => `- ${markdownText(reason)}`).join('\n'),
    ...thresholds(summary),
    ...floods(summary.floods),
    markdownDetails('Environment', environment(summary)),
    scenario === null ? '' : markdownDetails('Scenario, resolved', markdownCode(scenario, 'yaml')),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function factTable(summary: Summary): string {
  return markdownTable(
    ['', ''],
    facts(summary).map(([label, text]) => [label === '' ? '' : `**${label}**`, markdownText(text)]),
  );
}

function thresholds({ thresholds: list }: Summary): string[] {
  if (list.length === 0) return [];
  const rows = list.map((threshold) => [
    threshold.ok ? 'ok' : '**failed**',
    markdownText(`${threshold.metric} ${threshold.expression}`),
    markdownText(observedText(threshold)),
  ]);
  return ['### Thresholds', markdownTable(['', 'threshold', 'observed'], rows)];
}

function floods(list: Readonly<Record<string, FloodSummary>>): string[] {
  if (Object.keys(list).length === 0) return [];
  const rows = Object.entries(list).map(([name, flood]) => floodCells(name, flood).map(markdownText));
  return [
    '### Floods',
    markdownTable(
      FLOOD_HEADINGS,
      rows,
      FLOOD_HEADINGS.map((heading) => !['flood', 'kind', 'why'].includes(heading)),
    ),
    'p50, p99 and max are connect times.',
  ];
}

function environment({
  run,
  environment: { driver, rootless, kernel, node, cpus, memoryBytes, machines, sysctls, tools },
}: Summary): string {
  const rows = [
    ['run', `${run.id}, ${run.startedAt}, ctload ${run.version}, seed ${run.seed}`],
    ['command', run.command],
    ['lab', `${driver}${rootless ? ', rootless' : ''}`],
    ['machine', `Linux ${kernel}, ${plural(cpus, 'CPU')}, ${bytes(memoryBytes)}, Node ${node}`],
    ...machineRows(machines),
    ...Object.entries({ ...tools, ...sysctls }),
  ];
  return markdownTable(
    ['', ''],
    rows.map((row) => row.map(markdownText)),
  );
}
