import { count, list, percent, plural } from '../../model/format.ts';
import type { Conclusion, IncidentCause } from '../../model/result/diagnosis.ts';
import type { Because, Judged, Wanted } from '../../model/result/incident-because.ts';

/** A cause, as the subject of nothing and the answer to "what was it?". */
export const CAUSE_NAMES: Readonly<Record<IncidentCause, string>> = {
  'table-full': 'the conntrack table was full, and packets were dropped',
  'early-drop': 'the conntrack table was full, and early drop evicted entries that were not ASSURED',
  'hash-chains-full': 'chains of the conntrack hash table were too long, and entries were refused',
  'insert-races': 'two packets of a new flow raced for the same entry, and one was dropped',
  'snat-ports': 'NAT found no free source port',
  'local-ports': 'programs found no free local port',
  'listen-queues': 'listen queues overflowed',
  'invalid-resets': 'packets that conntrack takes for INVALID were answered with resets',
  'conntrack-allowance': "the EC2 instance's own connection tracking (security groups) was full",
  'network-allowance': 'the EC2 instance exceeded a network allowance',
};

/** The answer, in a sentence or two. */
export function conclusionText(kind: Conclusion['kind'], judged: readonly Judged[]): string {
  const named = (certainty: Judged['certainty']) =>
    judged.filter((one) => one.certainty === certainty).map(({ cause }) => CAUSE_NAMES[cause]);
  const likely = named('likely');
  const also = likely.length === 0 ? '' : ` Likely, but other explanations remain: ${list(likely)}.`;
  switch (kind) {
    case 'found':
      return `${sentence(list(named('certain')))}${also}`;
    case 'not-the-table':
      return `The conntrack table that was read lost nothing in the time that the readings cover; other network namespaces have tables of their own.${also === '' ? ' Nothing else that was read explains the losses for certain.' : also}`;
    case 'cannot-tell':
      return `What was read is not enough to tell.${also}`;
  }
}

const EVIDENCE: { readonly [Code in Because['code']]: (because: Extract<Because, { code: Code }>) => string } = {
  rose: ({ counters }) => `Between the readings ${list(counters.map(([name, rise]) => `${name} rose by ${count(rise)}`))}.`,
  'since-boot': ({ counters }) =>
    `Since boot ${list(counters.map(([name, value]) => `${name} rose to ${count(value)}`))}; a single reading does not show when.`,
  'before-the-readings': ({ counters }) =>
    `No rise between the readings (${list(counters.map(([name, value]) => `${name} stayed at ${count(value)}`))}).`,
  'did-not-rise': ({ names, ever }) => (ever ? `No rise of ${list(names)}.` : `0 since boot: ${list(names)}.`),
  logged: ({ lines, first, last, namespaces }) =>
    `The kernel logged a full table ${plural(lines, 'time')}, at most 10 times in 5 s${namespaces.length === 0 ? '' : ` (network namespace ${list(namespaces)})`}: "${first}"${lines === 1 ? '' : ` … "${last}"`}.`,
  'logged-elsewhere': ({ lines }) =>
    `The kernel logged a full table ${plural(lines, 'time')}, but this table dropped nothing between the readings: it was before them, or another namespace's table.`,
  'full-when-read': ({ entries, limit }) => `It held ${count(entries)} of ${count(limit)} entries when it was read.`,
  'room-when-read': ({ entries, limit }) => `It held at most ${count(entries)} of ${count(limit)} entries when it was read.`,
  drops: ({ drops, refused, witnessed }) =>
    `Between the readings ${plural(drops, 'packet')} found no free entry (drop, less ${plural(refused, 'refused insertion')}).${witnessed ? '' : ' A lack of memory or a helper drops packets, too.'}`,
  'drops-of-refused': ({ drops }) => `All ${count(drops)} drops were refused insertions (insert_failed), not a full table.`,
  'port-search': ({ found, refused }) =>
    `${plural(refused, 'insertion')} refused while searches for a free port met ${count(found)} taken ones (found): as many as where no port is free.`,
  'no-port-search': ({ found, refused }) =>
    `${plural(refused, 'insertion')} refused, and searches for a free port met only ${count(found)} taken ones (found; in a range of up to 32 ports they are not counted).`,
  'search-unclear': ({ found, refused }) =>
    `${plural(refused, 'insertion')} refused; ${found === null ? 'how many taken ports were met is not known' : `searches for a free port met ${count(found)} taken ones (found)`}: a race, or no free port.`,
  'flooding-logged': ({ lines }) => `The kernel logged "Possible SYN flooding" ${plural(lines, 'time')}.`,
  'no-address-logged': ({ lines }) => `Programs logged "Cannot assign requested address" ${plural(lines, 'time')}.`,
  'ports-taken': ({ sockets, ports }) =>
    `${plural(sockets, 'TCP socket')} for ${plural(ports, 'local port')} (${percent(sockets / ports)}); each destination has all of them.`,
  liberal: () => 'nf_conntrack_tcp_be_liberal is 1: segments out of the window are not INVALID.',
  resets: ({ invalid, resets }) =>
    `${plural(invalid, 'INVALID packet')} between the readings, and ${resets === null ? 'an unknown number of' : count(resets)} resets sent by this machine; both have other causes, too.`,
  unseen: () => 'Nothing that was read shows it.',
};

export function evidenceTexts(because: readonly Because[]): string[] {
  return because.map((one) => (EVIDENCE[one.code] as (one: Because) => string)(one));
}

const WANTED: Readonly<Record<Wanted, string>> = {
  'table-counters':
    'Two readings of conntrack -S (or /proc/net/stat/nf_conntrack) in the network namespace concerned, one before and one after losses.',
  'kernel-log':
    'The kernel log of the time of the losses (dmesg -T, journalctl -k): the kernel logs a full table of any namespace.',
  'network-counters': 'Two readings of nstat -az in the network namespace of the servers.',
  settings: 'sysctl -a: limit, number of entries and the range of local ports.',
  listing: 'conntrack -L: how many entries share one destination and one source address of NAT.',
  sockets: 'ss -s and the log of the programs that connect ("Cannot assign requested address").',
  ethtool: 'On EC2: two readings of ethtool -S of every network device.',
};

export function wantedText(wanted: Wanted): string {
  return WANTED[wanted];
}

export function contradictionText(format: string): string {
  return `The readings of ${format} contradict each other: some counters rose and others fell, so they are not of one namespace since one boot${format === 'nstat' ? ', or are differences (use nstat -az)' : ''}. What rose is not known.`;
}

/** With a capital letter. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
