import { count, percent, plural, ratio, seconds } from '../../model/format.ts';
import type { DropAccount, GatewayDrops, TablesInSight } from '../../model/result/findings.ts';
import { CHAINS } from './chains.ts';
import { droppers } from './droppers.ts';
import { endedAtGateway } from './evictions.ts';
import type { ReasonWording } from './reason-wording.ts';
import { refusedPorts, SOURCE_PORTS } from './source-ports.ts';
import { thresholdCrossed } from './threshold.ts';

/** What proves a break, what shows that nothing was dropped, and what went wrong all the same. */
export const OUTCOME = {
  'table-full': ({ entries, capacity, atSeconds, gateways = [] }) =>
    `${whoseTable(gateways)} held ${count(entries)} of ${count(capacity)} entries when the kernel dropped the first packet, ${seconds(atSeconds)} after the load started.${together(gateways)}`,
  'gateways-dropped': ({ drops, total }) =>
    `Of ${plural(drops.length, 'monitored table')}: ${drops.map(dropsOf).join('; ')}${drops.filter((one) => one.drops > 0).length > 1 ? `; ${count(total)} together` : ''}.`,
  'drops-accounted-for': dropsAccountedFor,
  'other-traffic-dropped': ({ kernelDrops, explainedByClients, synRetransmissions, abandoned, others, othersShare }) =>
    `The kernel dropped ${plural(kernelDrops, 'packet')}: ${count(explainedByClients)} of this load (${plural(synRetransmissions, 'retransmitted SYN')} + ${plural(abandoned, 'abandoned attempt')}), whose attempts failed or were delayed while it dropped; the other ${count(others)} (${percent(othersShare)}) were other traffic of this gateway.`,
  'late-segments-dropped': ({ drops, laterRetransmissions, laterResets, unknown }) =>
    `${unknown > 0 ? `${count(drops)} more` : `The other ${count(drops)}`} drops were not SYNs: the entries of their connections were gone (a full table evicts those of handshakes, and its garbage collector those of closing connections) (${count(laterRetransmissions)} such segments were retransmitted, ${count(laterResets)} resets sent).${unknown > 0 ? ` ${count(unknown)} are not known.` : ''}`,
  'other-tables-clean': ({ tables }) => {
    const zeros = tables.map((table) => `${table} 0`).join(', ');
    return tables.includes('backend')
      ? `No other conntrack table on the path dropped packets (${zeros}).`
      : `No other monitored conntrack table dropped packets (${zeros}); what is behind the gateway is not monitored.`;
  },
  'first-affected': ({ atSeconds }) => `The first affected attempt was scheduled at ${seconds(atSeconds)}.`,
  'kernel-logged': ({ lines }) =>
    `The kernel logged "table full" ${lines === 1 ? 'once' : `${count(lines)} times`} (rate-limited to 10 lines per 5 s).`,
  'awaited-flows-evicted': ({ evicted, fromSeconds, failed, delayed }) =>
    `The gateway's table was full and from ${seconds(fromSeconds)} on evicted ${plural(evicted, 'flow')} that ${evicted === 1 ? 'was' : 'were'} not yet [ASSURED] (early drop); for ${affected(failed, delayed)}, the client was still waiting.`,
  'evictions-accounted-for': ({ affected: attempts, ...ended }) =>
    `Without their entries, replies of evicted flows ended at the gateway: its kernel counted ${endedAtGateway(ended)}, which accounts for ${plural(attempts, 'attempt')}.`,
  'unawaited-flows-evicted': ({ evicted, fromSeconds }) =>
    `Full from ${seconds(fromSeconds)} on, ${plural(evicted, 'flow')} evicted, no waiting client affected: early drop made room by evicting flows that were not yet [ASSURED].`,
  'hash-chains-full': ({ refused, fromSeconds, entries, buckets, capacity }) =>
    `The gateway's hash chains were too long: from ${seconds(fromSeconds)} on the kernel dropped ${plural(refused, 'packet')} that ${refused === 1 ? 'needs' : 'need'} a new entry (chaintoolong) although the table had room: ${count(entries)} of ${count(capacity)} entries, in ${count(buckets)} buckets. ${CHAINS}`,
  'refusals-accounted-for': ({ refused, insertFailed, ...terms }) =>
    `Refused insertions (insert_failed ${count(insertFailed)}, ${count(refused)} because of long chains) are what clients lost: ${lostTerms(terms)}.`,
  'snat-ports-exhausted': ({ entries, ports, peakEntries, capacity, ...figures }) =>
    `The gateway ran out of source ports, not of table: ${refusedPorts(figures)}, with ${count(entries)} entries and ${plural(ports, 'source port')} for each destination. The table had room: it peaked at ${count(peakEntries)} of ${count(capacity)} entries. ${SOURCE_PORTS}`,
  'clashes-accounted-for': ({ refused, insertFailed, ...terms }) =>
    `Packets without a port (${count(refused)} of insert_failed ${count(insertFailed)}) are what clients lost: ${lostTerms(terms)}.`,
  'more-source-ports': ({ ports }) =>
    `What to do: more destinations (addresses or ports of the backend), or more addresses to masquerade to, each with ${plural(ports, 'port')} of its own; or reuse connections. A larger table changes nothing.`,
  'more-buckets': ({ buckets, enough }) =>
    `What to do: raise nf_conntrack_buckets together with nf_conntrack_max, from ${count(buckets)} to ${count(enough)} or more (at most four entries per bucket, as kube-proxy does).`,
  'machine-lost-packets': ({ excess, backlogDropped }) =>
    `The other ${plural(excess, 'packet')}: the machine itself lost ${plural(backlogDropped, 'packet')} between its namespaces (full backlog queues).`,
  'listen-queue-dropped': ({ listenDropped }) =>
    `Not the table's: the backend's listen queues dropped ${plural(listenDropped, 'SYN')} (ListenDrops), which clients retransmitted or abandoned as well.`,
  'dropped-by-rules': ({ packets, counters, lost }) =>
    `Not the table's: ${droppers(counters, false)} dropped ${plural(packets, 'packet')} (${counters.map((one) => `${one.name} ${count(one.packets)}`).join(', ')}), ${lost === packets ? 'all of which' : `${count(lost)} of which`} clients lost.`,
  'early-drop': ({ evicted, explainsRatio }) => {
    const note = `The kernel's early drop evicted ${plural(evicted, 'flow')} that ${evicted === 1 ? 'was' : 'were'} not yet [ASSURED]`;
    return explainsRatio
      ? `${note}; an evicted handshake retransmits its SYN although no packet was dropped, hence the ratio above 1.`
      : `${note}.`;
  },
  'nothing-dropped': ({ peakEntries, capacity, fullest, of }) =>
    `${fullest === undefined ? "The gateway's table dropped nothing; it" : `None of the ${of} monitored tables dropped anything; the fullest, of ${fullest},`} peaked at ${count(peakEntries)} of ${count(capacity)} entries (${percent(peakEntries / capacity)}).`,
  'load-untracked': ({ dataplane, attempts }) =>
    `The load does not show in the table: dataplane ${dataplane} takes it past conntrack, so the ${plural(attempts, 'attempt')} that succeeded say nothing about the size of the table.`,
  'all-succeeded': ({ attempts }) => `All ${count(attempts)} attempts succeeded.`,
  'some-failed': ({ failed, attempted, causes }) =>
    `${count(failed)} of ${count(attempted)} attempts failed (${percent(attempted === 0 ? 0 : failed / attempted)}): ${causes.map((one) => `${one.cause} ${count(one.failed)}`).join(', ')}.`,
  interrupted: () => 'The load was interrupted before it finished.',
  'no-attempts': () => 'No attempts were made.',
  'failures-unexplained': ({ tableKnown, tables }) => `Attempts failed${although(tableKnown, tables)}.`,
  'retransmissions-unexplained': ({ connections, timeWaitDropped, tableKnown, tables }) => {
    const met = timeWaitDropped === 0 ? '' : ` (${plural(timeWaitDropped, 'SYN')} met connections in TIME_WAIT at the backend)`;
    return `${plural(connections, 'connection')} needed a SYN retransmission${although(tableKnown, tables)}${met}.`;
  },
  'datagrams-unexplained': ({ datagramsLost, tableKnown, tables }) =>
    `${plural(datagramsLost, 'datagram')} did not arrive${although(tableKnown, tables)}.`,
  'held-closed-early': ({ connections }) => `${plural(connections, 'held connection')} closed early.`,
  'held-lost-by-deletion': ({ connections, atSeconds, clientResets, backendResets }) =>
    `${plural(connections, 'held connection')} closed after an action had deleted entries at ${seconds(atSeconds)}: their next packet made a new entry, with another source port, and the backend answered it with a RST (${count(backendResets)} sent by the backend's kernel, ${count(clientResets)} received by the clients').`,
  'threshold-stopped': ({ atSeconds, crossed, detail }) =>
    `A threshold stopped the load at ${seconds(atSeconds)}: ${crossed === undefined ? (detail ?? 'no details recorded') : thresholdCrossed(crossed)}.`,
} satisfies Partial<ReasonWording>;

function dropsAccountedFor(account: DropAccount): string {
  const { kernelDrops, synRetransmissions, abandoned, timeWaitDropped, halfOpenLost, datagramsLost, nearly, excess } = account;
  const { upstreamRetransmissions = 0, upstreamAbandoned = 0, ruleDropped = 0 } = account;
  const terms = [
    `${plural(synRetransmissions, 'retransmitted SYN')} + ${plural(abandoned, 'abandoned attempt')}`,
    ...(timeWaitDropped > 0 ? [` − ${plural(timeWaitDropped, 'SYN')} that the backend dropped in TIME_WAIT`] : []),
    ...(ruleDropped > 0 ? [` − ${plural(ruleDropped, 'packet')} that rules of the scenario dropped`] : []),
    ...(halfOpenLost > 0 ? [` + ${plural(halfOpenLost, 'half-open SYN')} that the backend never saw`] : []),
    ...(datagramsLost > 0 ? [` + ${plural(datagramsLost, 'datagram')} that did not arrive`] : []),
    ...(upstreamRetransmissions + upstreamAbandoned > 0
      ? [
          `, of which the gateway's own connections to the backend are ${plural(upstreamRetransmissions, 'retransmitted SYN')} and ${count(upstreamAbandoned)} given up`,
        ]
      : []),
  ].join('');
  const share = account.ratio === null ? '' : ` (ratio ${ratio(account.ratio)})`;
  const beyond = `All packets that clients lost but ${count(excess)} are drops of the table`;
  const known = excess > 0 ? beyond : `${nearly ? 'Nearly every' : 'Every'} drop is accounted for`;
  return `${known}: ${plural(kernelDrops, 'packet')} dropped by the kernel, ${terms}${share}.`;
}

function affected(failed: number, delayed: number): string {
  const parts = [
    ...(failed > 0 ? [`${plural(failed, 'attempt')} that failed`] : []),
    ...(delayed > 0 ? [`${plural(delayed, 'attempt')} that retransmitted the SYN`] : []),
  ];
  return parts.join(' and ');
}

interface LostTerms {
  readonly synRetransmissions: number;
  readonly abandoned: number;
  readonly halfOpenLost: number;
  readonly datagramsLost: number;
}

function lostTerms({ synRetransmissions, abandoned, halfOpenLost, datagramsLost }: LostTerms): string {
  return [
    `${plural(synRetransmissions, 'retransmitted SYN')} + ${plural(abandoned, 'abandoned attempt')}`,
    ...(halfOpenLost > 0 ? [`${plural(halfOpenLost, 'half-open SYN')} that the backend never saw`] : []),
    ...(datagramsLost > 0 ? [`${plural(datagramsLost, 'datagram')} that did not arrive`] : []),
  ].join(' + ');
}

function whoseTable(gateways: readonly string[]): string {
  return gateways[0] === undefined ? "The gateway's table" : `The table of ${gateways[0]}`;
}

/** Tables that dropped their first packet at the same time, as far as that is known. */
function together([, ...others]: readonly string[]): string {
  return others.length === 0
    ? ''
    : ` ${others.join(' and ')} dropped within the time that ctload cannot tell apart: either may have been first.`;
}

function dropsOf({ name, drops, atSeconds }: GatewayDrops): string {
  return atSeconds === null
    ? `${name} dropped nothing`
    : `${name} dropped ${plural(drops, 'packet')} from ${seconds(atSeconds)} on`;
}

function although(tableKnown: boolean, { seen, gateways = ['gateway'], othersHidden, dropped }: TablesInSight): string {
  if (!tableKnown) return '; it is unknown whether a conntrack table dropped their packets';
  if (dropped !== undefined)
    return ` although ${gateways.join(' and ')} dropped nothing: another table did (${dropped.join(', ')})`;
  const hidden = othersHidden ? "; not visible: the backend's, and any other node's on the path" : '';
  return ` although no conntrack table that ctload can see dropped a packet (${seen.flatMap((owner) => (owner === 'gateway' ? gateways : owner)).join(', ')}${hidden})`;
}
