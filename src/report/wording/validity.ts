import { count, plural, ratio, seconds } from '../../model/format.ts';
import type { ReasonWording } from './reason-wording.ts';
import { TABLES } from './tables.ts';

const DISAGREE = {
  more: 'Something else also lost packets.',
  less: 'The table also dropped other traffic.',
} as const;

/** What keeps a record from proving anything. */
export const VALIDITY = {
  'capacity-changed': ({ detail }) => `The table's capacity was changed during the run: ${known(detail)}.`,
  'action-failed': ({ detail }) => `An action could not be carried out: ${known(detail)}.`,
  'process-lost': ({ detail }) =>
    `A process of the run was lost: ${known(detail)}. What it did or measured after its last message is missing from the record.`,
  'client-lost': ({ detail }) =>
    `A client was lost, and the others went on: ${known(detail)}. From then on the load was thinner than asked for, and what that client felt is unknown: what came before stands, but not the end of the run.`,
  'recording-truncated': () => 'The recording is truncated: ctload was killed before the run finished.',
  'entries-vanished': ({ entries, atSeconds }) =>
    `Something deleted entries of the gateway's table, or let them expire sooner (conntrack -F, conntrack -D, a timeout changed for a while; on a node kube-proxy, which deletes the UDP entries of endpoints that go away; or the kernel, which evicts unanswered and closing entries from every table that is 95 % full once a table anywhere on this machine has been full): ${count(entries)} ${entries === 1 ? 'entry' : 'entries'} vanished at ${seconds(atSeconds)}, more than timeouts and early drop explain.`,
  'synthetic-entries-missing': ({ put, left }) =>
    `Something else deleted synthetic entries: of the ${count(put)} that fill the gateway's table, ${count(left)} were left at the end of the load, so the table had more room than reported.`,
  'settings-changed': ({ changes }) =>
    `The gateway's conntrack settings were changed during the run: ${changes.map(({ name, before, after }) => `${name} ${before} → ${after}`).join(', ')}.`,
  'run-failed': ({ detail }) => `The run failed: ${known(detail)}.`,
  'table-not-sampled': () => "The gateway's table was never sampled.",
  'table-not-monitored': () =>
    "The gateway's table is not monitored (lab.conntrack: none). Client-side results alone cannot prove that the table was full.",
  'drops-not-counted': () =>
    "The gateway's drop counters could not be read, only the number of its entries: this kernel has no /proc/net/stat/nf_conntrack, and `conntrack -S` needs conntrack-tools and CAP_NET_ADMIN.",
  'connections-shared': ({ connectionsPerRequest }) =>
    `Requests shared connections: the backend saw ${ratio(connectionsPerRequest)} connections per request instead of 1.`,
  'other-table-dropped': ({ table, drops, atSeconds, listable }) =>
    `Another conntrack table on the path dropped packets: ${TABLES[table]} dropped ${count(drops)} from ${seconds(atSeconds)} on.${listable ? ' List its namespace in lab.conntrack to have it judged together with the others.' : ''}`,
  'load-not-in-table': () =>
    "The load's connections do not appear in the monitored table: it belongs to another gateway, or they are not tracked there.",
  'load-in-table': ({ dataplane, entries }) =>
    `The gateway's table rose by ${count(entries)} entries although dataplane ${dataplane} makes none: something else is tracked there, or its rules were changed.`,
  'inserts-refused': ({ insertFailed }) =>
    `The gateway's kernel refused ${plural(insertFailed, 'insertion')} for reasons other than a full table (insert_failed): clashing tuples, or hash chains too long because of other namespaces' entries.`,
  'impossible-entries': ({ entries, atSeconds, capacity }) =>
    `The gateway's table held ${count(entries)} entries at ${seconds(atSeconds)}, more than its capacity of ${count(capacity)}.`,
  'drops-unconfirmed': ({ kernelDrops, atSeconds }) =>
    `The kernel dropped ${plural(kernelDrops, 'packet')} from ${seconds(atSeconds)} on, but no attempt failed or was delayed around that time.`,
  'counters-disagree': ({ kernelDrops, explainedByClients, ratio: share, clientsSaw }) =>
    `The counters don't reconcile: the kernel dropped ${plural(kernelDrops, 'packet')}, the clients account for ${count(explainedByClients)} (ratio ${ratio(share)}). ${DISAGREE[clientsSaw]}`,
} satisfies Partial<ReasonWording>;

function known(detail: string | undefined): string {
  return detail ?? 'no details recorded';
}
