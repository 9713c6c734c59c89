import { bytes, count, list, percent, plural } from '../../model/format.ts';
import type { ClusterNode, ClusterPlan } from '../../model/result/plan/cluster-plan.ts';
import { formatDuration } from '../../model/units.ts';
import type { Block, ReportDocument, Section } from '../document/document.ts';
import { figure } from './figure.ts';

/** A plan for the nodes of a cluster: assumptions, the ranking, where nodes are not what they should be, the working. */
export function clusterDocument(plan: ClusterPlan): ReportDocument {
  const different = plan.nodes.filter(({ differences }) => differences.length > 0);
  const unread = plan.nodes.filter((node) => node.unread !== null);
  const sections: Section[] = [
    { heading: 'Assumptions', blocks: [{ kind: 'list', items: plan.assumptions }] },
    { heading: 'Nodes, nearest to full first', blocks: nodeBlocks(plan) },
    ...(different.length === 0 ? [] : [{ heading: 'Computed and read differ', blocks: differenceBlocks(different) }]),
    ...(unread.length === 0
      ? []
      : [{ heading: 'Not read', blocks: [{ kind: 'list', items: unread.map(unreadText) } satisfies Block] }]),
    { heading: 'Working: the limits', blocks: workingBlocks(plan.nodes) },
  ];
  return { title: `Conntrack plan for cluster ${plan.context}`, lead: storyOf(plan), sections };
}

/** The answer in two or three sentences. */
function storyOf({ nodes, traffic, headroom }: ClusterPlan): string[] {
  const [first] = nodes.filter(({ rank }) => rank !== null);
  const read = nodes.filter((node) => node.read !== null);
  const different = nodes.filter(({ agrees }) => agrees === false);
  const counted = `${count(read.length)} of ${plural(nodes.length, 'node')} ${read.length === 1 ? 'was' : 'were'} read.`;
  if (first?.read == null) return [counted];
  const { max, entries } = first.read;
  const now = `${count(entries)} of ${count(max)} entries, ${percent(first.utilization ?? 0)}`;
  return [
    `${counted} ${first.name} is the nearest to full${traffic.length === 0 ? '' : ' under the load'}: it has ${now}.`,
    ...(traffic.length === 0 ? [] : [loadStory(nodes, headroom)]),
    ...(different.length === 0
      ? []
      : [`${plural(different.length, 'node')} ${different.length === 1 ? 'has' : 'have'} another limit than computed.`]),
  ];
}

function loadStory(nodes: readonly ClusterNode[], headroom: number): string {
  const loaded = nodes.filter(({ load }) => load !== null);
  const small = loaded.filter(({ load }) => load?.holds === false);
  const tight = loaded.filter(({ load }) => load?.holds === true && !load.keepsHeadroom);
  if (small.length > 0) return `The load does not fit on ${count(small.length)} of ${plural(loaded.length, 'node')}.`;
  if (tight.length === 0) return `The load fits on every node with ${percent(headroom)} headroom.`;
  return `The load fits, with less than ${percent(headroom)} headroom on ${count(tight.length)} of ${plural(loaded.length, 'node')}.`;
}

function nodeBlocks({ nodes, traffic, leftOut }: ClusterPlan): Block[] {
  const hasLoad = traffic.length > 0;
  const streams = traffic.map((stream) =>
    stream.kind === 'held'
      ? `${stream.name}: ${count(stream.connections)} held`
      : `${stream.name}: ${figure(stream.rate)}/s${stream.kind === 'requests' && stream.lifetimeSeconds > 0 ? `, each open for ${formatDuration(stream.lifetimeSeconds)}` : ''}`,
  );
  const headings = ['node', 'cores', 'memory', 'computed', 'read', 'entries', 'now'];
  return [
    ...(hasLoad ? [{ kind: 'list', items: streams } satisfies Block] : []),
    {
      kind: 'table',
      rows: [
        [...headings, ...(hasLoad ? ['load alone', 'now + load', 'verdict'] : [])],
        ...nodes.map((node) => [...rowOf(node), ...(hasLoad ? loadCells(node) : [])]),
      ],
    },
    ...(leftOut.length === 0
      ? []
      : [{ kind: 'text', text: `Left out, because they do not run Linux: ${leftOut.join(', ')}.` } as const]),
  ];
}

function rowOf({ name, cores, memTotalBytes, computed, read, utilization }: ClusterNode): string[] {
  return [
    name,
    cores === null ? '-' : String(cores),
    memTotalBytes === null ? '-' : bytes(memTotalBytes),
    computed === null ? '-' : count(computed.max),
    read === null ? '-' : read.max === 0 ? 'no limit' : count(read.max),
    read === null ? '-' : count(read.entries),
    share(utilization),
  ];
}

function loadCells({ load }: ClusterNode): string[] {
  if (load === null) return ['-', '-', '-'];
  const verdict = load.keepsHeadroom ? 'holds' : load.holds ? 'no headroom' : 'too small';
  return [share(load.peakUtilization), share(load.utilizationWithPresent), verdict];
}

function share(value: number | null): string {
  return value === null ? '-' : percent(value);
}

/** The first sentence says what differs, the others what may explain it; once for nodes of which the same is said. */
function differenceBlocks(nodes: readonly ClusterNode[]): Block[] {
  return grouped(nodes, ({ differences }) => differences).flatMap(({ names, lines: [what = '', ...why] }): Block[] => [
    { kind: 'text', text: `${names} ${what}${why.length === 0 ? '' : '. What may explain it:'}` },
    ...(why.length === 0 ? [] : [{ kind: 'list', items: why } satisfies Block]),
  ]);
}

function unreadText({ name, unread }: ClusterNode): string {
  return unread?.includes(name) === true ? unread : `${name}: ${unread}`;
}

/** How the limits came about, once for nodes that are alike. */
function workingBlocks(nodes: readonly ClusterNode[]): Block[] {
  return grouped(nodes, ({ computed }) => computed?.steps ?? []).flatMap(({ names, lines }): Block[] => [
    { kind: 'text', text: `${names}:` },
    { kind: 'list', items: lines },
  ]);
}

const MOST_NAMED = 10;

/** Nodes by the lines that are said of them; those without any are left out. */
function grouped(nodes: readonly ClusterNode[], linesOf: (node: ClusterNode) => readonly string[]) {
  const groups = new Map<string, { readonly lines: readonly string[]; readonly names: string[] }>();
  for (const node of nodes) {
    const lines = linesOf(node);
    const group = groups.get(lines.join('\n')) ?? { lines, names: [] };
    group.names.push(node.name);
    if (lines.length > 0) groups.set(lines.join('\n'), group);
  }
  return [...groups.values()].map(({ lines, names }) => {
    const more = names.length > MOST_NAMED ? [`${names.length - MOST_NAMED} more`] : [];
    return { lines, names: list([...names.slice(0, MOST_NAMED), ...more]) };
  });
}
