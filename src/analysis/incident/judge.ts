import { type Conclusion, INCIDENT_CAUSES, type IncidentCause } from '../../model/result/diagnosis.ts';
import type { Judged, Wanted } from '../../model/result/incident-because.ts';
import type { Captured } from '../../model/timeline/captured.ts';
import { gaugesOf } from './gauges.ts';
import { allowances, invalidResets, listenQueues, localPorts } from './other-causes.ts';
import { refusedCauses } from './refused-causes.ts';
import { type Rises, risesOf } from './rises.ts';
import { earlyDrop, hashChains, tableFull } from './table-causes.ts';

export interface Judgement {
  readonly kind: Conclusion['kind'];
  readonly causes: readonly IncidentCause[];
  /** One of every cause, the surest first. */
  readonly judged: readonly Judged[];
  readonly wanted: readonly Wanted[];
  /** Formats whose readings contradict each other. */
  readonly contradictory: readonly string[];
}

const TABLE: ReadonlySet<IncidentCause> = new Set(INCIDENT_CAUSES.slice(0, 5));
const ORDER = ['certain', 'likely', 'possible', 'unknown', 'no'];

/** What lost the connections of an incident, by what it left. */
export function judgeIncident(captured: Captured): Judgement {
  const rises = risesOf(captured);
  const gauges = gaugesOf(captured);
  const judged = [
    tableFull(rises, gauges, captured.log),
    earlyDrop(rises),
    hashChains(rises),
    ...refusedCauses(rises),
    localPorts(gauges, captured.log),
    listenQueues(rises, captured.log),
    invalidResets(rises, gauges),
    ...allowances(rises),
  ].sort((a, b) => ORDER.indexOf(a.certainty) - ORDER.indexOf(b.certainty)); // a stable sort
  const causes = judged.filter(({ certainty }) => certainty === 'certain').map(({ cause }) => cause);
  const cleared = judged.filter(({ cause, certainty }) => TABLE.has(cause) && certainty === 'no').length === TABLE.size;
  const kind = causes.length > 0 ? 'found' : cleared ? 'not-the-table' : 'cannot-tell';
  return {
    kind,
    causes,
    judged,
    wanted: kind === 'found' ? [] : wantedFor(judged, rises, captured),
    contradictory: rises.contradictory,
  };
}

function wantedFor(judged: readonly Judged[], rises: Rises, { readings, log }: Captured): Wanted[] {
  const certaintyOf = (cause: IncidentCause) => judged.find((one) => one.cause === cause)?.certainty ?? 'unknown';
  const open = (cause: IncidentCause) => !['certain', 'no'].includes(certaintyOf(cause));
  const twice = (name: string) => rises.of(name)?.rise !== null && rises.of(name) !== undefined;
  const has = (format: string) => readings.some((reading) => reading.format === format);
  const wants: readonly (readonly [Wanted, boolean])[] = [
    ['table-counters', [...TABLE].some(open) && !(twice('drop') && twice('insert_failed'))],
    ['kernel-log', open('table-full') && log.tableFull === 0],
    ['network-counters', open('listen-queues') && !twice('TcpExtListenOverflows')],
    ['settings', !has('sysctl') && (open('table-full') || open('local-ports'))],
    ['listing', ['likely', 'possible'].includes(certaintyOf('snat-ports'))],
    ['sockets', open('local-ports')],
    ['ethtool', open('conntrack-allowance') || open('network-allowance')],
  ];
  return wants.flatMap(([wanted, is]) => (is ? [wanted] : []));
}
