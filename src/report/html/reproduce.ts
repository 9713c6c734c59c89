import { bytes, count, plural } from '../../model/format.ts';
import type { RunReport } from '../../model/result/report.ts';
import { tableWasRead } from '../../model/result/summary.ts';
import { machineRows } from '../facts/host-load.ts';
import { methodLines } from '../facts/method.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { dataTable } from './table.ts';

/** What it takes to reproduce the run: command, environment, resolved scenario. */
export function reproduce({ summary, scenario }: RunReport): Markup {
  const { run, environment, conntrack } = summary;
  const { driver, rootless, kernel, node, cpus, memoryBytes, machines, sysctls, tools } = environment;
  const rows = [
    ['ctload', `${run.version}, run ${run.id}, seed ${run.seed}`],
    ['started', run.startedAt],
    ['lab', `${driver}${rootless ? ', rootless' : ''}`],
    ['kernel', `Linux ${kernel}`],
    ['machine', `${plural(cpus, 'CPU')}, ${bytes(memoryBytes)}`],
    ['node', node],
    ...machineRows(machines),
    ...(tableWasRead(summary)
      ? [['table', `${count(conntrack.effectiveMax)} entries, sampled every ${conntrack.intervalMs} ms`]]
      : []),
    ...methodLines(summary),
    ...Object.entries(tools),
  ];
  return html`<section><h2>Reproduce</h2><pre class="command" tabindex="0">${run.command}</pre>
${dataTable('Environment', ['what', 'value'], rows)}
<details><summary>Sysctls</summary>${dataTable('As read in the lab before the load', ['sysctl', 'value'], Object.entries(sysctls))}</details>
${scenario === null ? NOTHING : html`<details open><summary>Scenario, resolved (SHA-256 ${summary.scenario.sha256.slice(0, 12)}…)</summary><pre tabindex="0">${scenario}</pre></details>`}</section>`;
}
