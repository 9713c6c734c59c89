import { bytes, count, percent, plural } from '../../model/format.ts';
import { enoughBuckets } from '../../model/node/hash-chains.ts';
import type { PlanReport } from '../../model/result/plan/plan.ts';
import { formatDuration } from '../../model/units.ts';
import type { Block } from '../document/document.ts';
import { figure } from './figure.ts';

/** The answer in one or two sentences. */
export function storyOf(plan: PlanReport): string[] {
  return [...tableStory(plan), ...portStory(plan.load)];
}

/** That source ports run out, where they do: whatever the size of the table. */
function portStory({ sourcePorts, holds }: PlanReport['load']): string[] {
  if (sourcePorts === undefined || sourcePorts.needed <= sourcePorts.available) return [];
  const { destinations, needed, available, enoughDestinations } = sourcePorts;
  return [
    `Source ports run out${holds ? ', not the table' : ' too'}: a gateway that masquerades has ${count(available)} for ${plural(destinations, 'destination')}, and this load needs ${count(needed)}. It drops the other connections (insert_failed; snat-ports-exhausted), and more entries do not help: use ${plural(enoughDestinations, 'destination')} or more, or as many addresses to masquerade to.`,
  ];
}

function tableStory({ limit, load, node, headroom, traffic, entriesPerConnection }: PlanReport): string[] {
  const table = `${node.source.charAt(0).toUpperCase()}${node.source.slice(1)} has room for ${count(limit.max)} conntrack entries in ${count(limit.buckets)} buckets (${bytes(limit.memoryBytes)} when full).`;
  if (entriesPerConnection === 0)
    return [
      table,
      `${traffic.length === 0 ? 'Connections have' : 'The load has'} no entries in it, as nothing is tracked: no rate fills it.`,
    ];
  if (traffic.length === 0)
    return [table, `With ${percent(headroom)} headroom it sustains ${safe(load.safeRate)} short connections per second.`];
  const use = `${count(load.peakEntries)} entries at the peak, ${percent(load.peakUtilization)} of it`;
  if (load.chainRefusedShare > 0)
    return [
      table,
      `The hash chains are too long for this load (${use}): the kernel refuses ${percent(load.chainRefusedShare)} of new connections at the peak (insert_failed)${load.holds ? ' although the table has room' : ''}. Raise nf_conntrack_buckets to ${count(enoughBuckets(limit.max))} or more.`,
    ];
  if (load.outcome === 'evicts')
    return [
      table,
      `The table gets full, evicts unreplied flows: the load needs ${use}, and an empty table is full after ${time(load.timeToFullSeconds ?? 0)}. No client waits for these flows, so none is affected.`,
    ];
  if (!load.holds)
    return [table, `The load does not fit: it needs ${use}; an empty table is full after ${time(load.timeToFullSeconds ?? 0)}.`];
  return [table, `The load fits: ${use}${load.keepsHeadroom ? '' : `, which leaves less than ${percent(headroom)} headroom`}.`];
}

/** The answer with its figures. */
export function answerBlocks(plan: PlanReport): Block[] {
  const { load, headroom, recommend, alerts, limit } = plan;
  if (plan.entriesPerConnection === 0)
    return [
      {
        kind: 'list',
        items: ['safe rate: any; the table sets no limit, and neither its size nor its timeouts matter to this load'],
      },
    ];
  if (plan.traffic.length === 0)
    return [
      { kind: 'list', items: [`safe rate: ${safe(load.safeRate)} short connections per second, with nothing else in the table`] },
    ];
  const least = `the smallest nf_conntrack_max that holds this with ${percent(headroom)} headroom is ${count(recommend.max)}, with ${count(recommend.buckets)} buckets: ${bytes(recommend.memoryBytes)}${recommend.memoryShare === null ? '' : `, ${percent(recommend.memoryShare)} of the node’s memory`}`;
  const timeouts = Object.entries(recommend.timeouts).map(([name, seconds]) => `${name} to ${formatDuration(seconds)} or less`);
  return [
    {
      kind: 'list',
      items: [
        `utilization: ${percent(load.utilization)} in the steady state, ${percent(load.peakUtilization)} at the peak`,
        `safe rate: ${safe(load.safeRate)} connections per second (everything else unchanged)`,
        ...(load.timeToFullSeconds === null ? [] : [`time to exhaustion: ${time(load.timeToFullSeconds)}`]),
        `what breaks first when the table is full: ${load.breaksFirst}`,
        `recovery: headroom is restored ${time(load.headroomBackSeconds)} after the load stops, and the last entry is removed after ${time(load.recoverySeconds)}`,
        least,
        ...(recommend.max <= limit.max ? [`that is within the present limit (${count(limit.max)}): nothing has to be set`] : []),
        ...(timeouts.length === 0
          ? []
          : [`or keep the limit and set: ${timeouts.join(', or ')} (not below what idle connections need)`]),
        ...types(plan),
        `alert at ${percent(alerts.threshold)} of the table${alerts.minutesLeft === null ? '' : `: that gives ${time(alerts.minutesLeft * 60)} of warning at ${figure(alerts.slope)} new entries per second${alerts.minutesLeft * 1.01 < alerts.wantedMinutes ? `, less than ${Number(alerts.wantedMinutes.toFixed(1))} minutes (--alert-minutes); no threshold above normal load gives more` : ''}`}`,
      ],
    },
  ];
}

const MOST_NAMES = 8;

function types({ recommend, limits }: PlanReport): string[] {
  const { instanceTypes: fit } = recommend;
  if (limits.length > 0) {
    const named = (what: string, some: PlanReport['limits']) =>
      some.length === 0 ? [] : [`${what}: ${some.map(({ instanceType }) => instanceType).join(', ')}`];
    return [
      fit.length === 0
        ? 'none of the instance types holds the load with the headroom; raise the limit'
        : `instance types that hold the load: ${fit.join(', ')}`,
      ...named(
        'too little headroom',
        limits.filter(({ holds, keepsHeadroom }) => holds && !keepsHeadroom),
      ),
      ...named(
        'too small',
        limits.filter(({ holds }) => !holds),
      ),
    ];
  }
  if (fit.length === 0) return [];
  const more = fit.length > MOST_NAMES ? ` and ${fit.length - MOST_NAMES} more` : '';
  return [`smallest EC2 types whose default limit is sufficient: ${fit.slice(0, MOST_NAMES).join(', ')}${more}`];
}

function safe(rate: number | null): string {
  return rate === null ? 'any number of' : count(Math.floor(rate));
}

/** `2m11s`, `24h`; tenths below ten seconds. */
function time(seconds: number): string {
  return seconds < 10 ? `${Number(seconds.toFixed(1))} s` : formatDuration(Math.round(seconds));
}
