import { count, percent } from '../../model/format.ts';
import { formatBytes } from '../../model/quantity.ts';
import type { PlanReport } from '../../model/result/plan.ts';
import { formatDuration } from '../../model/units.ts';
import type { Block } from '../document/document.ts';

/** The answer in one or two sentences. */
export function storyOf({ limit, load, node, headroom, traffic }: PlanReport): string[] {
  const table = `${node.source.charAt(0).toUpperCase()}${node.source.slice(1)} has room for ${count(limit.max)} conntrack entries in ${count(limit.buckets)} buckets (${formatBytes(limit.memoryBytes)} when full).`;
  if (traffic.length === 0)
    return [table, `With ${percent(headroom)} headroom it takes ${safe(load.safeRate)} short connections a second.`];
  const use = `${count(load.peakEntries)} entries at the peak, ${percent(load.peakUtilization)} of it`;
  if (!load.holds)
    return [
      table,
      `The load does not fit: it needs ${use}; the table is full ${time(load.timeToFullSeconds ?? 0)} after an empty start.`,
    ];
  return [
    table,
    `The load fits: ${use}${load.keepsHeadroom ? '' : `, and leaves less than the ${percent(headroom)} of headroom`}.`,
  ];
}

/** The answer with its figures. */
export function answerBlocks(plan: PlanReport): Block[] {
  const { load, headroom, recommend, alerts, limit } = plan;
  if (plan.traffic.length === 0)
    return [{ kind: 'list', items: [`safe rate: ${safe(load.safeRate)} short connections a second, nothing else in the table`] }];
  const least = `the smallest nf_conntrack_max that holds this with ${percent(headroom)} headroom is ${count(recommend.max)}, with ${count(recommend.buckets)} buckets: ${formatBytes(recommend.memoryBytes)}${recommend.memoryShare === null ? '' : `, ${percent(recommend.memoryShare)} of the node’s memory`}`;
  const timeouts = Object.entries(recommend.timeouts).map(([name, seconds]) => `${name} of ${formatDuration(seconds)} or less`);
  return [
    {
      kind: 'list',
      items: [
        `utilization: ${percent(load.utilization)} in the steady state, ${percent(load.peakUtilization)} at the peak`,
        `safe rate: ${safe(load.safeRate)} connections a second in place of the load’s, everything else as it is`,
        ...(load.timeToFullSeconds === null ? [] : [`time to exhaustion: ${time(load.timeToFullSeconds)}`]),
        `when the table is full, what breaks first: ${load.breaksFirst}`,
        `recovery: the headroom is back ${time(load.headroomBackSeconds)} after the load stops, the last entry gone after ${time(load.recoverySeconds)}`,
        least,
        ...(recommend.max <= limit.max ? [`that is within the limit there is (${count(limit.max)})`] : []),
        ...(timeouts.length === 0
          ? []
          : [
              `or, with the limit as it is: ${timeouts.join(', or ')} (never shorter than what idle connections need${timeWaitCaveat(recommend.timeouts)})`,
            ]),
        ...types(plan),
        `alert at ${percent(alerts.threshold)} of the table${alerts.minutesLeft === null ? '' : `: that leaves ${time(alerts.minutesLeft * 60)} at ${Number(alerts.slope.toPrecision(3))} new entries a second${alerts.minutesLeft * 1.01 < alerts.wantedMinutes ? `, less than the ${Number(alerts.wantedMinutes.toFixed(1))} minutes wanted: no threshold above the normal load leaves more` : ''}`}`,
      ],
    },
  ];
}

/** TCP_TIMEWAIT_LEN of Linux: for how long the end that closed first remembers a connection, in seconds. */
const TIME_WAIT_OF_ENDS = 60;

/** A gateway that forgets a masqueraded connection before its ends do gives its port away too soon (analysis/time-wait.ts). */
function timeWaitCaveat({ tcp_time_wait: seconds }: PlanReport['recommend']['timeouts']): string {
  return seconds !== undefined && seconds < TIME_WAIT_OF_ENDS
    ? '; behind a masquerade, a tcp_time_wait below 1m loses SYNs to connections that the backend still has in TIME_WAIT'
    : '';
}

const MOST_NAMES = 8;

function types({ recommend, limits }: PlanReport): string[] {
  const { instanceTypes: fit } = recommend;
  if (limits.length > 0) {
    const named = (what: string, some: PlanReport['limits']) =>
      some.length === 0 ? [] : [`${what}: ${some.map(({ instanceType }) => instanceType).join(', ')}`];
    return [
      fit.length === 0
        ? 'none of the instance types holds it with the headroom: raise the limit'
        : `instance types that hold it: ${fit.join(', ')}`,
      ...named(
        'without the headroom',
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
  return [`smallest EC2 types whose own limit is enough: ${fit.slice(0, MOST_NAMES).join(', ')}${more}`];
}

function safe(rate: number | null): string {
  return rate === null ? 'any number of' : count(Math.floor(rate));
}

/** `2m11s`, `24h`; tenths below ten seconds. */
function time(seconds: number): string {
  return seconds < 10 ? `${Number(seconds.toFixed(1))} s` : formatDuration(Math.round(seconds));
}
