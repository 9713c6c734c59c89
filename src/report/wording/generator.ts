import { count, milliseconds, percent, plural, seconds } from '../../model/format.ts';
import type { Remedy, Stretch } from '../../model/result/findings.ts';
import { otherPrograms } from './other-programs.ts';
import type { ReasonWording } from './reason-wording.ts';

const LIMIT = 'The generator was the limit:';
const WHEN: Readonly<Record<Stretch, string>> = { 'whole-load': 'of the whole load', 'before-break': 'before the break' };

/** Why the load was not the one asked for, and what to do about it. */
export const GENERATOR = {
  'not-started': ({ notStarted, scheduled, when }) =>
    `${LIMIT} it could not start ${count(notStarted)} of ${count(scheduled)} attempts in time (${percent(notStarted / scheduled)} ${WHEN[when]}).`,
  'behind-schedule': ({ started, scheduled, atSeconds }) =>
    `${LIMIT} it had started ${count(started)} of ${count(scheduled)} scheduled attempts (${percent(started / scheduled)}) after ${seconds(atSeconds)}.`,
  'starts-waited': ({ scheduled, waitedShare, untilSeconds }) =>
    `${LIMIT} in the first ${seconds(untilSeconds)} the ${count(scheduled)} scheduled attempts were waiting to start ${percent(waitedShare)} of the time.`,
  'noticed-late': ({ connections }) =>
    `${LIMIT} it noticed ${plural(connections, 'connection')} so late that they look retransmitted, but the kernel retransmitted nothing.`,
  'backlog-dropped': ({ packets, attempts }) =>
    `${LIMIT} its machine lost ${plural(packets, 'packet')} between the namespaces, for ${plural(attempts, 'attempt')} (full backlog queues, net.core.netdev_max_backlog).`,
  'lab-overloaded': ({ attempts, cpus, cpuShare, ctloadShare, othersShare }) =>
    `The lab was the limit: client, gateway and backend share ${plural(cpus, 'core')}, which were ${percent(cpuShare)} busy (${whose({ ctloadShare, othersShare })}) when ${plural(attempts, 'attempt')} failed, were delayed or were lost. With dedicated cores the gateway and the backend might have kept up.`,
  'gateway-overloaded': ({ attempts, cpuShare }) =>
    `The lab was the limit: the gateway's own machine was ${percent(cpuShare)} busy when ${plural(attempts, 'attempt')} failed, were delayed or were lost. With more CPU (lab.vm.cpus, or KVM) it might have kept up.`,
  'lower-load': ({ options }) => `What to do: ${remedyText(options)}.`,
  'sockets-exhausted': ({ attempts, when }) =>
    `${LIMIT} ${plural(attempts, 'attempt')} found no local port or descriptor (${WHEN[when]}).`,
  'more-sockets': () =>
    'What to do: for ports, shorten the run or lower the rate (an address has 45,536 ports per destination, and TIME_WAIT holds each for 60 s); for descriptors, raise `ulimit -n`.',
  'generator-state': ({ agents, cpus, busiestShare, saturated, machine, eventLoopDelayP99Ms, scheduleLagP99Ms }) => {
    const most = saturated ? ' (saturated)' : '';
    const all = machine === undefined ? '' : `; all cores together ${percent(machine.cpuShare)} (${whose(machine)})`;
    const lag = scheduleLagP99Ms === null ? '' : `, attempts up to ${milliseconds(scheduleLagP99Ms)} late (p99)`;
    return `${plural(agents, 'agent')} on ${plural(cpus, 'core')}; the busiest used ${percent(busiestShare)} of one core${most}${all}, event-loop delay ${milliseconds(eventLoopDelayP99Ms)} (p99)${lag}.`;
  },
} satisfies Partial<ReasonWording>;

function whose({ ctloadShare, othersShare }: { ctloadShare: number; othersShare: number | undefined }): string {
  return [`ctload's processes ${percent(ctloadShare)}`, ...otherPrograms(othersShare)].join(', ');
}

/** What would make the load lighter, as one list. */
export function remedyText(options: readonly Remedy[]): string {
  const [last = '', ...others] = options.map(optionText).toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')}, or ${last}`;
}

function optionText(remedy: Remedy): string {
  switch (remedy.code) {
    case 'lower-rate':
      return `a lower rate${remedy.reached === undefined ? '' : ` (this run reached about ${count(remedy.reached)} per second)`}`;
    case 'smaller-burst':
      return 'a smaller burst';
    case 'fewer-connections':
      return 'fewer held connections';
    case 'fewer-floods':
      return 'fewer floods';
    case 'direct-client':
      return '`client: direct`';
    case 'longer-heartbeat':
      return 'a longer `heartbeat`';
    case 'protocol-tcp':
      return '`protocol: tcp` (the same entries, nothing sent)';
    case 'shorter-timeouts':
      return `shorter \`connectTimeout\` and \`responseTimeout\` (${remedy.agents} agents on ${remedy.cpus} cores handle every pending attempt)`;
    case 'stop-other-programs':
      return `stop other programs (they used at least ${percent(remedy.cpuShare)} CPU)`;
    case 'more-cores':
      return 'a machine with more cores';
  }
}
