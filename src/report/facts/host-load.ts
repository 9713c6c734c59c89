import { bytes, percent, plural, seconds } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';
import { otherPrograms } from '../wording/other-programs.ts';

/** Below this share CPU and memory are no suspects. */
const UNSUSPICIOUS = 0.7;

/** How CPU and memory looked: at the break if there was one, else over the run. */
export function machineLine({ headroom, metrics, generator, verdict }: Summary): [string, string][] {
  const average = (name: string) => metrics[name]?.values['avg'];
  const gateway = headroom.gatewayCpuShareAtBreak ?? average('gateway_cpu_share');
  const machine = headroom.hostCpuShareAtBreak ?? average('host_cpu_share');
  const memory = headroom.gatewayMemoryShareAtBreak ?? metrics['host_memory_share']?.values['max'];
  if (gateway === undefined || machine === undefined || memory === undefined) return [];
  const suspicious = gateway >= UNSUSPICIOUS || memory >= UNSUSPICIOUS || verdict.validity === 'generator-bound';
  const healthy = suspicious ? '' : ': both look healthy';
  const atMost = headroom.gatewayCpuIsUpperBound ? 'at most ' : '';
  const ctload = headroom.ctloadCpuShareAtBreak ?? average('ctload_cpu_share');
  const others = headroom.otherCpuShareAtBreak ?? average('other_cpu_share');
  const probe = headroom.gatewayProbeCpuShareAtBreak ?? null;
  const own = probe === null ? '' : ` of its own machine (of it at most ${percent(probe)} to sample its table)`;
  const whose = [
    ...(ctload === undefined ? [] : [`ctload ${percent(ctload)}`]),
    ...otherPrograms(others),
    ...(generator.cpuShare === null ? [] : [`busiest load process ${percent(generator.cpuShare)} of one core`]),
  ];
  return [
    [
      'Machine',
      `gateway CPU ${atMost}${percent(gateway)}${own}, memory ${percent(memory)}${healthy} (${probe === null ? 'whole' : 'this'} machine: CPU ${percent(machine)}${whose.length === 0 ? '' : `; ${whose.join(', ')}`})`,
    ],
  ];
}

/** What filled the table, and how soon. */
export function stateLine({ breakingPoint: point }: Summary): [string, string][] {
  if (point === null) return [];
  const states = Object.entries(point.states).toSorted(([, a], [, b]) => b - a);
  const all = states.reduce((sum, [, entries]) => sum + entries, 0);
  // Shares: the listing nearest to the break may be a second away from it.
  const listed = states.map(([state, entries]) => `${state} ${percent(entries / all)}`).join(', ');
  const full =
    point.timeToFullSeconds === null ? '' : `full ${seconds(point.timeToFullSeconds)} after the first attempt${listed && '; '}`;
  return full + listed === '' ? [] : [['Table', full + listed]];
}

/** Other machines of the lab, each with its kernel. */
export function machineRows(machines: Summary['environment']['machines'] = {}): [string, string][] {
  return Object.entries(machines).map(([name, { kernel, cpus, memoryBytes, virtualization }]) => [
    `machine of the ${name}`,
    [`Linux ${kernel}`, plural(cpus, 'CPU'), bytes(memoryBytes), ...(virtualization === undefined ? [] : [virtualization])].join(
      ', ',
    ),
  ]);
}
