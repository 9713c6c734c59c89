import type { LatencyLog } from '../../model/result/latency.ts';
import type { Accounting, Summary } from '../../model/result/summary.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import type { NetstatRecord } from '../../model/timeline/sample.ts';
import { udpFloods } from '../accounting/datagrams.ts';
import { type RunLog, rise, tableIsKnown } from '../log/run-log.ts';
import { totalsOf } from '../log/table.ts';
import { percent } from '../statistics/percent.ts';
import type { Evidence } from './attribution.ts';

/** A figure of a host that is out of sight. */
const UNKNOWN = 'an unknown number of';

/** One sentence: what the kernels of all three hosts and the clients saw that makes `cause` the cause. */
export function evidenceOf(cause: FailureCause, findings: Findings): string {
  const { log, generator, latency } = findings;
  const risen = (host: NetstatRecord['host'], counter: string) => known(log, host, rise(log.netstat[host], counter));
  switch (cause) {
    case 'conntrack-full':
      return tableFull(findings);
    case 'connect-timeout':
      return `${lostSyns(findings)}${whereLost(findings, risen('backend', 'TcpExtListenDrops'))}`;
    case 'listen-overflow':
      return `The backend's listen queues overflowed: its kernel counted ${risen('backend', 'TcpExtListenOverflows')} ListenOverflows and ${risen('backend', 'TcpExtListenDrops')} ListenDrops. ${lostSyns(findings)}. ${noConntrackDrop(log)}`;
    case 'unreachable':
      return `There was no route: ${noRoutes(log)}; the gateway sent ${risen('gateway', 'IcmpOutDestUnreachs')} ICMP "unreachable", the client got ${risen('client', 'IcmpInDestUnreachs')}. ${noConntrackDrop(log)}`;
    case 'refused':
      return `Somebody answered the SYN with a reset: the backend's kernel sent ${risen('backend', 'TcpOutRsts')} resets, the gateway's ${risen('gateway', 'TcpOutRsts')}, and ${risen('client', 'TcpAttemptFails')} attempts of the client's failed. ${noConntrackDrop(log)}`;
    case 'reset':
      return `Connections that were up were reset: ${risen('client', 'TcpEstabResets')} seen by the client's kernel, ${risen('backend', 'TcpOutRsts')} resets sent by the backend's. ${noConntrackDrop(log)}`;
    case 'http-5xx':
      return `Connected ${inTime(latency)} and answered: the backend served ${seen(log, 'requests')} requests, with a status of 500 or above. ${noConntrackDrop(log)}`;
    case 'response-timeout':
      return noAnswer(findings);
    case 'ports-exhausted':
      return `connect(2) or bind(2) found no free local port; the client used ${percent(generator.portsUsedShare)} of the range it started with, at its peak. No SYN was sent.`;
    case 'fds-exhausted':
      return `socket(2) found no free descriptor (EMFILE); an agent used ${percent(generator.fdsUsedShare)} of its limit at the start, at its peak. No SYN was sent.`;
    case 'other':
      return `An error or an HTTP status that ctload has no name for. ${noConntrackDrop(log)}`;
  }
}

/** Of an external gateway some hosts are out of sight: what their kernels counted is not known, rather than 0. */
function known(log: RunLog, host: NetstatRecord['host'], figure: number): number | string {
  return log.meta.environment.driver === 'external' && log.netstat[host].length === 0 ? UNKNOWN : figure;
}

function seen(log: RunLog, figure: 'connections' | 'requests'): number | string {
  return log.meta.environment.driver === 'external' ? UNKNOWN : (log.backend?.[figure] ?? 0);
}

/** Of SYNs that no other counter holds: which met TIME_WAIT and why, and what speaks for the others having been lost on the way. */
function whereLost({ log, accounting }: Findings, listenDrops: number | string): string {
  if (listenDrops === UNKNOWN) {
    return `: they or their answers were lost on the way, or at the backend, whose counters are out of sight (a full listen queue, a connection in TIME_WAIT with the same ports). ${noConntrackDrop(log)}`;
  }
  const cleared = `the backend's listen queues dropped ${listenDrops} and no route was missing`;
  if (accounting.timeWaitDropped === 0) {
    return `, while ${cleared}: the SYNs or their answers were lost on the way. ${noConntrackDrop(log)}`;
  }
  const others = Math.max(0, accounting.explainedByClients - accounting.kernelDrops);
  const rest = others === 0 ? '' : ` The other ${others} or their answers were lost on the way: ${cleared}.`;
  return `: the gateway had given them source ports of connections that it had forgotten and the backend had not.${rest} ${noConntrackDrop(log)} What to do${others === 0 ? '' : ' about those in TIME_WAIT'}: keep tcp_time_wait of the gateway's conntrack at 60 s or more (as long as the backend is in TIME_WAIT), reuse connections, let clients close them first, or masquerade to more addresses.`;
}

function tableFull({ log, accounting, evidence }: Findings): string {
  const { kernelDrops, synRetransmissions, abandoned, datagramsLost, timeWaitDropped, backlogDropped } = accounting;
  const met = timeWaitDropped === 0 ? '' : `; the backend dropped ${timeWaitDropped} of these that met connections in TIME_WAIT`;
  const unseen = datagramsLost === 0 ? '' : `; ${datagramsLost} datagrams did not arrive`;
  const lost = backlogDropped === 0 ? '' : `; the machine itself lost ${backlogDropped} packets between the namespaces`;
  const from = evidence.tableFullFrom === undefined ? '' : ` from ${Math.max(0, evidence.tableFullFrom).toFixed(2)} s on`;
  const { earlyDrop } = totalsOf(log.tables.gateway);
  return `The gateway's kernel dropped ${kernelDrops} packets for want of an entry${from} and evicted ${earlyDrop}; clients repeated ${synRetransmissions} SYNs and gave up on ${abandoned}${met}${unseen}${lost}.`;
}

function noAnswer({ log, accounting, latency }: Findings): string {
  const datagrams = udpFloods(log);
  const missing = log.loads.filter(({ failed }) => (failed?.['response-timeout'] ?? 0) > 0);
  const { client, backend } = log.netstat;
  const ofDatagrams = `Of ${rise(client, 'UdpOutDatagrams')} datagrams sent and ${rise(backend, 'UdpOutDatagrams')} answered ${accounting.datagramsLost} did not arrive; full receive buffers lost ${rise(backend, 'UdpRcvbufErrors')} at the backend and ${rise(client, 'UdpRcvbufErrors')} at the client. ${noConntrackDrop(log)}`;
  const ofRequests = `Connected ${inTime(latency)}, then no answer in time: the backend accepted ${seen(log, 'connections')} connections and read ${seen(log, 'requests')} requests. ${log.meta.lab.dataplane === 'proxy' ? 'Behind a proxy a request waits when its connection upstream finds no entry.' : 'An established connection needs no new entry.'}`;
  return [
    ...(missing.some(({ flood }) => !datagrams.has(flood)) ? [ofRequests] : []),
    ...(missing.some(({ flood }) => datagrams.has(flood)) ? [ofDatagrams] : []),
  ].join(' ');
}

function lostSyns({ accounting }: Findings): string {
  const { synRetransmissions, abandoned, timeWaitDropped } = accounting;
  const met =
    timeWaitDropped === 0
      ? ''
      : `; ${timeWaitDropped} of these SYNs met connections in TIME_WAIT at the backend, whose kernel dropped them for their older timestamps (PAWS)`;
  return `Clients repeated ${synRetransmissions} SYNs and gave up on ${abandoned}${met}`;
}

/** That the gateway's table was not it, or how far it was. */
function noConntrackDrop(log: RunLog): string {
  if (!tableIsKnown(log)) return 'Whether a conntrack table dropped packets is unknown.';
  const { drop } = totalsOf(log.tables.gateway);
  const { effectiveMax } = log.meta.lab.capacity;
  const peak = `peak ${log.tables.gateway.peakEntries} of ${effectiveMax} entries`;
  return drop === 0 ? `No conntrack drop (${peak}).` : `Apart from ${drop} conntrack drops (${peak}).`;
}

function noRoutes(log: RunLog): string {
  const per = (['client', 'gateway', 'backend'] as const).map((host) => {
    const records = log.netstat[host];
    return `${known(log, host, rise(records, 'IpOutNoRoutes') + rise(records, 'IpExtInNoRoutes'))} on the ${host}`;
  });
  return `packets without one: ${per.join(', ')}`;
}

function inTime(latency: LatencyLog): string {
  const p99 = Math.max(0, ...latency.filter(({ phase }) => phase === 'connecting').map(({ total }) => total.p99));
  return `in ${p99.toFixed(1)} ms (p99)`;
}

/** What a cause can be proved from. */
export interface Findings {
  readonly log: RunLog;
  readonly accounting: Accounting;
  readonly evidence: Evidence;
  readonly generator: Summary['generator'];
  readonly latency: LatencyLog;
}
