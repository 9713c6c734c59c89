import { count, milliseconds, percent, plural, seconds } from '../../model/format.ts';
import type {
  CauseEvidence,
  Complaint,
  Counted,
  EvidenceFigures,
  FailedWith,
  LostSyns,
  TableEvidence,
} from '../../model/result/evidence.ts';
import { chainsTooLong } from './chains.ts';
import { droppers } from './droppers.ts';
import { evictedFlows } from './evictions.ts';
import { noSourcePort } from './source-ports.ts';
import { TABLES } from './tables.ts';

type EvidenceWording = { readonly [Cause in keyof EvidenceFigures]: (figures: EvidenceFigures[Cause]) => string };

const MOST_LISTED = 3;

const REMEDY =
  "keep tcp_time_wait of the gateway's conntrack at 60 s or more (as long as the backend stays in TIME_WAIT), reuse connections, let clients close them first, or masquerade to more addresses.";

const WORDING: EvidenceWording = {
  'conntrack-full': tableFull,
  'conntrack-evicted': evictedFlows,
  'hash-chains-full': chainsTooLong,
  'snat-ports-exhausted': (figures) => `${noSourcePort(figures)} ${tableText(figures.table)}`,
  'connect-timeout': unansweredSyns,
  'listen-overflow': (figures) =>
    `The backend's listen queues overflowed: its kernel counted ${counted(figures.listenOverflows)} ListenOverflows and ${counted(figures.listenDrops)} ListenDrops. ${lostSyns(figures)}. ${tableText(figures.table)}`,
  'dropped-by-rule': ({ packets, counters, table, ...figures }) =>
    `${droppers(counters)} dropped ${plural(packets, 'packet')}: ${counters.map((one) => `${one.name} ${count(one.packets)}`).join(', ')}. ${lostSyns(figures)}. ${tableText(table)}`,
  unreachable: ({ noRoute, sentByGateway, gotByClient, table }) =>
    `There was no route: packets without one: ${(['client', 'gateway', 'backend'] as const).map((host) => `${counted(noRoute[host])} on the ${host}`).join(', ')}; the gateway sent ${counted(sentByGateway)} ICMP "unreachable", the client got ${counted(gotByClient)}. ${tableText(table)}`,
  refused: ({ backendResets, gatewayResets, attemptFails, table }) =>
    `The SYN was answered with a RST: the backend's kernel sent ${counted(backendResets)} resets, the gateway's ${counted(gatewayResets)}, and ${counted(attemptFails)} of the client's attempts failed. ${tableText(table)}`,
  reset: ({ clientResets, backendResets, table }) =>
    `Established connections were reset: ${counted(clientResets)} seen by the client's kernel, ${counted(backendResets)} resets sent by the backend's. ${tableText(table)}`,
  'http-5xx': ({ connectP99Ms, requests, answers, proxy, table }) =>
    `Connected in ${milliseconds(connectP99Ms)} (p99) and answered with a status of 500 or above${listed(answers)}; the backend served ${counted(requests)} requests.${proxy === undefined ? '' : ` ${said(proxy.name, proxy.said)}`} ${tableText(table)}`,
  'response-timeout': noResponse,
  'ports-exhausted': ({ usedShare }) =>
    `connect(2) or bind(2) found no free local port. The client used at most ${share(usedShare)} of its ephemeral port range; no SYN was sent.`,
  'upstream-ports-exhausted': (figures) =>
    `${said('The proxy', figures.said)} It had no local port left for a connection to the backend: one source address has one port for each connection to a backend address, and TIME_WAIT keeps it for 60 s. Keep connections to the backend open, or give the proxy more addresses. ${tableText(figures.table)}`,
  'fds-exhausted': ({ usedShare }) =>
    `socket(2) found no free descriptor (EMFILE). An agent used at most ${share(usedShare)} of its descriptor limit; no SYN was sent.`,
  other: ({ answers, table }) =>
    answers.length === 0
      ? `Unclassified error or HTTP status. ${tableText(table)}`
      : `An unexpected error or HTTP status${listed(answers)}. ${tableText(table)}`,
};

/** What speaks for a cause, with its figures. */
export function evidenceText({ code, figures }: CauseEvidence): string {
  return (WORDING[code] as (figures: CauseEvidence['figures']) => string)(figures);
}

function tableFull(figures: EvidenceFigures['conntrack-full']): string {
  const { kernelDrops, fromSeconds, earlyDrop, synRetransmissions, abandoned } = figures;
  const { timeWaitDropped, datagramsLost, backlogDropped } = figures;
  const kernel = fromSeconds === undefined ? "The gateway's kernel" : `From ${seconds(fromSeconds)} on, the gateway's kernel`;
  return [
    `${kernel} dropped ${plural(kernelDrops, 'packet')} because the conntrack table was full (${plural(earlyDrop, 'early-drop eviction')})`,
    `clients retransmitted ${plural(synRetransmissions, 'SYN')} and abandoned ${plural(abandoned, 'attempt')}`,
    ...(timeWaitDropped === 0
      ? []
      : [`the backend dropped ${count(timeWaitDropped)} of these SYNs, which met connections in TIME_WAIT`]),
    ...(datagramsLost === 0 ? [] : [`${plural(datagramsLost, 'datagram')} did not arrive`]),
    ...(backlogDropped === 0 ? [] : [`the machine itself lost ${plural(backlogDropped, 'packet')} between the namespaces`]),
  ]
    .join('; ')
    .concat('.');
}

function unansweredSyns(figures: EvidenceFigures['connect-timeout']): string {
  const { listenDrops, timeWaitDropped, otherLost, table } = figures;
  const lost = lostSyns(figures);
  if (listenDrops === null) {
    return `${lost}: the SYNs or their replies were lost in transit or at the backend, whose counters ctload cannot read (a full listen queue, a connection in TIME_WAIT with the same ports). ${tableText(table)}`;
  }
  const cleared = `(the backend's listen queues dropped ${plural(listenDrops, 'SYN')}; no route was missing)`;
  if (timeWaitDropped === 0) return `${lost}. The SYNs or their replies were lost in transit ${cleared}. ${tableText(table)}`;
  const reused =
    'the gateway reused source ports whose previous connections it had already expired but which the backend still held in TIME_WAIT.';
  const rest = otherLost === 0 ? '' : ` The other ${plural(otherLost, 'SYN')} or their replies were lost in transit ${cleared}.`;
  return `${lost}: ${reused}${rest} ${tableText(table)} What to do${otherLost === 0 ? '' : ' about those in TIME_WAIT'}: ${REMEDY}`;
}

function noResponse({ requests, datagrams }: EvidenceFigures['response-timeout']): string {
  const found: string[] = [];
  if (requests !== undefined) {
    const { connectP99Ms, accepted, read, proxied } = requests;
    const entry = proxied
      ? 'Behind a proxy a request waits while its upstream connection finds no free entry.'
      : 'Established connections already have an entry.';
    found.push(
      `Connected in ${milliseconds(connectP99Ms)} (p99), then no response in time: the backend accepted ${counted(accepted)} connections and read ${counted(read)} requests. ${entry}`,
    );
  }
  if (datagrams !== undefined) {
    const { sent, answered, lost, fullBuffers, table } = datagrams;
    found.push(
      `Of ${count(sent)} datagrams sent and ${count(answered)} answered, ${count(lost)} did not arrive; full receive buffers lost ${count(fullBuffers.backend)} at the backend and ${count(fullBuffers.client)} at the client. ${tableText(table)}`,
    );
  }
  return found.join(' ');
}

/** What a proxy wrote to its log, the most frequent. */
function said(name: string, complaints: readonly Complaint[]): string {
  if (complaints.length === 0) return `${name} wrote no error.`;
  return `${name} wrote: ${complaints
    .slice(0, MOST_LISTED)
    .map(({ what, times }) => `"${what}" (${plural(times, 'time')})`)
    .join(', ')}.`;
}

/** The most frequent of what came, in brackets; nothing where that is not recorded. */
function listed(answers: readonly FailedWith[]): string {
  if (answers.length === 0) return '';
  const most = answers.slice(0, MOST_LISTED).map(({ what, failed }) => `${nameOf(what)}: ${count(failed)}`);
  const others = answers.slice(MOST_LISTED).reduce((sum, { failed }) => sum + failed, 0);
  return ` (${[...most, ...(others === 0 ? [] : [`others: ${count(others)}`])].join(', ')})`;
}

function nameOf(what: string): string {
  if (what === 'malformed') return 'malformed response';
  if (!/^\d+$/.test(what)) return what;
  return Number(what) < 300 ? `status ${what} instead of a WebSocket's 101` : `status ${what}`; // a request would have succeeded
}

function lostSyns({ synRetransmissions, abandoned, timeWaitDropped }: LostSyns): string {
  const met =
    timeWaitDropped === 0
      ? ''
      : `; ${count(timeWaitDropped)} of these SYNs met connections in TIME_WAIT at the backend, whose kernel dropped them because of their older timestamps (PAWS)`;
  return `Clients retransmitted ${plural(synRetransmissions, 'SYN')} and abandoned ${plural(abandoned, 'attempt')}${met}`;
}

/** That the gateway's table was not it, or how far it was. */
function tableText(table: TableEvidence): string {
  if (table === null) return 'It is unknown whether a conntrack table dropped packets.';
  const peak = `peak ${count(table.peakEntries)} of ${count(table.capacity)} entries`;
  const others = table.others?.map(({ table: owner, drops }) => `${TABLES[owner]} dropped ${plural(drops, 'packet')}`);
  if (others !== undefined && table.drops === 0) return `The gateway's dropped none (${peak}), but ${others.join(' and ')}.`;
  return table.drops === 0
    ? `No conntrack drop (${peak}).`
    : `The conntrack table also dropped ${plural(table.drops, 'packet')} (${peak}).`;
}

function counted(figure: Counted): string {
  return figure === null ? 'an unknown number of' : count(figure);
}

function share(value: number | null): string {
  return value === null ? 'an unknown share' : percent(value);
}
