import type { Reason, TablesInSight } from '../../model/result/findings.ts';
import type { BreakingPoint, JudgedVerdict } from '../../model/result/summary.ts';
import { totalFailed } from '../../model/timeline/attempt.ts';
import type { Visibility } from '../../model/timeline/visibility.ts';
import type { DeletedHeld } from '../accounting/deleted-held.ts';
import type { Evictions } from '../accounting/evictions.ts';
import { rulesAccountForLosses } from '../accounting/rule-drops.ts';
import type { AwaitedEvictions } from '../breaking-point/awaited-evictions.ts';
import { type AttributedLosses, type CountsByCause, mainCause } from '../causes/attribution.ts';
import { busyWithin, othersCpuShare } from '../log/cpu.ts';
import { attemptsBefore } from '../log/load.ts';
import { cpusOn } from '../log/machines.ts';
import type { RunLog } from '../log/run-log.ts';
import { stopOf } from '../metrics/thresholds.ts';
import { type UnboundVerdict, withBound } from './bound.ts';
import { type Effort, generatorTroubles, NEGLIGIBLE } from './generator-bound.ts';
import { overloadOf } from './overload.ts';
import { leftOutBefore, pacedFloods, paceUntil } from './pace.ts';
import { droppedByRules, proof } from './proof.ts';
import { chainProof, earliestBreak, evictionProof, portProof, tableCause } from './table-breaks.ts';
import { type CheckInputs, isUntracked, OTHER_TABLES, validityChecks } from './validity-checks.ts';

/** Everything a verdict rests on. */
export interface VerdictInputs extends CheckInputs {
  readonly log: RunLog;
  readonly visibility: Visibility;
  readonly losses: AttributedLosses;
  readonly evictions: Evictions;
  /** Held connections that were lost because an action deleted their entries; undefined when none were. */
  readonly deletedHeld: DeletedHeld | undefined;
  /** Evictions that hurt clients that were waiting; undefined when there were none. */
  readonly awaitedEvictions: AwaitedEvictions | undefined;
}

/** What to make of it all: `broke`, `held` or `inconclusive`, whether that is valid, and why. */
export function judge(inputs: VerdictInputs): JudgedVerdict {
  const doubts = validityChecks(inputs);
  const point = earliestBreak(inputs);
  const verdict = point === undefined ? judgeWithoutBreak(inputs, doubts) : judgeBreak(inputs, point, doubts);
  return withBound(verdict, { log: inputs.log, point });
}

function judgeBreak(inputs: VerdictInputs, point: BreakingPoint, doubts: readonly Reason[]): UnboundVerdict {
  const { firstDrop, awaitedEvictions, fullChains, spentPorts, evictions, losses, accounting } = inputs;
  // A full table makes connections pile up, so only what the generator lacked before the break was its own doing.
  const bound = generatorTroubles(effortBefore(inputs, point.atSeconds));
  if (doubts.length === 0) {
    const drops = firstDrop === undefined ? [] : proof({ ...inputs, kernelLogLines: inputs.log.kernelLog.length }, firstDrop);
    const others = [
      ...evictionProof(awaitedEvictions, evictions),
      ...chainProof(inputs, fullChains),
      ...portProof(inputs, spentPorts),
    ];
    const cause = tableCause(losses, accounting);
    return {
      kind: 'broke',
      validity: bound.length > 0 ? 'generator-bound' : 'valid',
      cause,
      reasons: [...bound, ...others, ...drops, ...lostByDeletion(inputs)],
    };
  }
  const validity = bound.length > 0 ? 'generator-bound' : 'inconclusive';
  return { kind: 'inconclusive', validity, cause: null, reasons: [...bound, ...doubts] };
}

function judgeWithoutBreak(inputs: VerdictInputs, doubts: readonly Reason[]): UnboundVerdict {
  const { log, losses } = inputs;
  const cause = mainCause(losses.failed);
  const shown = outcome(inputs);
  const interrupted: Reason[] = log.end?.outcome === 'interrupted' ? [{ code: 'interrupted', figures: {} }] : [];
  const bound = generatorTroubles(effortOfAll(inputs));
  if (bound.length > 0) {
    const reasons = [...doubts, ...bound, ...interrupted, ...shown];
    return { kind: 'inconclusive', validity: 'generator-bound', cause, reasons };
  }
  const open = [...doubts, ...unexplained(inputs), ...interrupted];
  if (open.length > 0) return { kind: 'inconclusive', validity: 'inconclusive', cause, reasons: [...open, ...shown] };
  const stop = stopOf(log.events);
  // Cut short as the scenario asked for: nothing is wrong with the run, but it is no proof that the table holds.
  if (stop !== undefined) return { kind: 'inconclusive', validity: 'valid', cause: null, reasons: [stop, ...shown] };
  return { kind: 'held', validity: 'valid', cause: cause === 'dropped-by-rule' ? cause : null, reasons: shown };
}

/** What became of the table and of the attempts. */
function outcome({
  log,
  attempts,
  losses,
  accounting,
  deletedHeld,
  evictions: { evicted, fromSeconds },
}: VerdictInputs): Reason[] {
  const { samples, peakEntries, peakCapacity } = log.tables.gateway;
  const failed = totalFailed(attempts.all);
  const causes = (Object.entries(losses.failed) as [keyof CountsByCause, number][]).sort(([, a], [, b]) => b - a);
  const byCause = causes.map(([cause, count]) => ({ cause, failed: count }));
  return [
    ...(samples.length === 0
      ? []
      : [{ code: 'nothing-dropped', figures: { peakEntries, capacity: peakCapacity, ...fullestOf(log) } } as const]),
    ...(isUntracked(log)
      ? [{ code: 'load-untracked', figures: { dataplane: log.meta.lab.dataplane, attempts: attempts.all.succeeded } } as const]
      : []),
    failed === 0
      ? { code: 'all-succeeded', figures: { attempts: attempts.all.succeeded } }
      : { code: 'some-failed', figures: { failed, attempted: attempts.all.attempted, causes: byCause } },
    ...(evicted === 0 ? [] : [{ code: 'unawaited-flows-evicted', figures: { evicted, fromSeconds } } as const]),
    ...lostByDeletion({ deletedHeld }),
    ...droppedByRules({ accounting, ruleDrops: log.ruleDrops }),
  ];
}

/** Of several gateways the one that was the fullest; nothing where there is one. */
function fullestOf({ gateways, tables }: RunLog): { readonly fullest?: string; readonly of?: number } {
  const fullest = gateways.find(({ table }) => table.peakEntries === tables.gateway.peakEntries)?.facts.name;
  return fullest === undefined ? {} : { fullest, of: gateways.length };
}

function lostByDeletion({ deletedHeld }: Pick<VerdictInputs, 'deletedHeld'>): Reason[] {
  return deletedHeld === undefined ? [] : [{ code: 'held-lost-by-deletion', figures: deletedHeld }];
}

/** What the clients suffered although no table dropped anything, as far as tables were read. */
function unexplained(inputs: VerdictInputs): Reason[] {
  const { log, visibility, attempts, losses, accounting, deletedHeld } = inputs;
  const { timeWaitDropped, ruleDropped } = accounting;
  const byRules = rulesAccountForLosses(accounting, log.ruleDrops);
  const datagramsLost = Math.max(0, accounting.datagramsLost - (byRules ? ruleDropped : 0));
  const tableKnown = log.tables.gateway.samples.length > 0;
  const tables = tablesInSight(log, visibility);
  const { attempted, disconnected } = attempts.all;
  const ruled = (counts: CountsByCause) => (byRules ? (counts['dropped-by-rule'] ?? 0) : 0);
  const failed = totalFailed(attempts.all) - ruled(losses.failed);
  const delayed = attempts.all.delayed - ruled(losses.delayed);
  const matters = (count: number) => count / Math.max(1, attempted) > NEGLIGIBLE;
  const found: Reason[] = [];
  if (attempted === 0) found.push({ code: 'no-attempts', figures: {} });
  if (matters(failed)) found.push({ code: 'failures-unexplained', figures: { tableKnown, tables } });
  if (matters(delayed)) {
    found.push({ code: 'retransmissions-unexplained', figures: { connections: delayed, timeWaitDropped, tableKnown, tables } });
  }
  if (matters(datagramsLost)) found.push({ code: 'datagrams-unexplained', figures: { datagramsLost, tableKnown, tables } });
  const early = disconnected - (deletedHeld?.connections ?? 0);
  if (matters(early)) found.push({ code: 'held-closed-early', figures: { connections: early } });
  return found;
}

function tablesInSight({ tables, gateways }: RunLog, { wholeLab }: Visibility): TablesInSight {
  const seen = (['gateway', ...OTHER_TABLES] as const).filter((owner) => tables[owner].samples.length > 0);
  const names = gateways.map(({ facts }) => facts.name);
  const dropped = OTHER_TABLES.filter((owner) => tables[owner].totals.drop > 0);
  return {
    seen,
    ...(names.length === 0 ? {} : { gateways: names }),
    othersHidden: !wholeLab,
    ...(dropped.length === 0 ? {} : { dropped }),
  };
}

/** What the generator did over the whole load. */
function effortOfAll(inputs: VerdictInputs): Effort {
  const { log, visibility, attempts, losses, accounting } = inputs;
  return {
    ...effortUntil(inputs, log.loads.at(-1)?.at ?? 0),
    counts: attempts.all,
    failures: losses.failed,
    when: 'whole-load',
    overload: overloadOf(log, visibility, losses.failed, attempts.all, accounting),
  };
}

/** What it did before the first drop, at `at`. What follows a full table looks like overload, and is the table's doing. */
function effortBefore(inputs: VerdictInputs, at: number): Effort {
  const { loads, meta } = inputs.log;
  const counts = attemptsBefore(loads, at);
  const notStarted = leftOutBefore(loads, pacedFloods(meta.scenario.floods), at);
  return {
    ...effortUntil(inputs, at),
    counts: { ...counts, notStarted },
    failures: counts.failed,
    when: 'before-break',
    overload: undefined,
  };
}

function effortUntil(
  { log, visibility, generator, accounting, attempts }: VerdictInputs,
  until: number,
): Omit<Effort, 'counts' | 'failures' | 'when' | 'overload'> {
  const { floods } = log.meta.scenario;
  const busy = busyWithin(log.machine, 0, until);
  return {
    pace: paceUntil(log.loads, pacedFloods(floods), until),
    generator,
    cpus: cpusOn(log.meta, log.clientMachine),
    floods,
    busy,
    others: busy === undefined ? undefined : othersCpuShare(visibility, busy),
    backlogDropped: accounting.backlogDropped,
    started: attempts.all.attempted,
    noticedLate: log.noticedLate,
  };
}
