import { percent, seconds } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';

/** Below this share CPU and memory are no suspects. */
const UNSUSPICIOUS = 0.7;

/** How CPU and memory looked: at the break if there was one, else over the run. */
export function machineLine({ headroom, metrics, generator, verdict }: Summary): [string, string][] {
  const gateway = headroom.gatewayCpuShareAtBreak ?? metrics['gateway_cpu_share']?.values['avg'];
  const machine = headroom.hostCpuShareAtBreak ?? metrics['host_cpu_share']?.values['avg'];
  const memory = headroom.gatewayMemoryShareAtBreak ?? metrics['host_memory_share']?.values['max'];
  if (gateway === undefined || machine === undefined || memory === undefined) return [];
  const suspicious = gateway >= UNSUSPICIOUS || memory >= UNSUSPICIOUS || verdict.validity === 'generator-bound';
  const healthy = suspicious ? '' : ': both look healthy';
  const busiest = generator.cpuShare === null ? '' : `, busiest load process ${percent(generator.cpuShare)} of one core`;
  return [
    [
      'Machine',
      `gateway CPU ${percent(gateway)}, memory ${percent(memory)}${healthy} (whole machine, load included: CPU ${percent(machine)}${busiest})`,
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
