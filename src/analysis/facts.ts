import type { LatencyLog } from '../model/result/latency.ts';
import type { Recovery } from '../model/result/recovery.ts';
import type { Accounting, BreakingPoint, JudgedVerdict, Summary } from '../model/result/summary.ts';
import { recordedVisibility, type Visibility } from '../model/timeline/visibility.ts';
import { account, type Reconciliation, reconcile } from './accounting/accounting.ts';
import { udpFloodsOf } from './accounting/datagrams.ts';
import { heldLostByDeletion } from './accounting/deleted-held.ts';
import { countEvictions, type Evictions } from './accounting/evictions.ts';
import { countPortRefusals, type PortRefusals } from './accounting/port-refusals.ts';
import { countRefusals, type Refusals } from './accounting/refusals.ts';
import { type AwaitedEvictions, findAwaitedEvictions } from './breaking-point/awaited-evictions.ts';
import { type FirstDrop, findFirstDrop, firstFullAt } from './breaking-point/breaking-point.ts';
import { findFullChains } from './breaking-point/full-chains.ts';
import { findRecovery } from './breaking-point/recovery.ts';
import { findSpentPorts } from './breaking-point/spent-ports.ts';
import { type AttributedLosses, attributeLosses } from './causes/attribution.ts';
import { type LossCauses, lossCauses } from './causes/loss-causes.ts';
import { otherTrafficOf } from './causes/other-traffic.ts';
import { type AttemptTotals, attemptTotals } from './log/load.ts';
import type { RunLog } from './log/run-log.ts';
import { generatorHealth } from './metrics/generator.ts';
import { earliestBreak } from './verdict/table-breaks.ts';
import { judge } from './verdict/verdict.ts';

/** What is concluded from a record. Every fact is computed once, from those above it. */
export interface RunFacts {
  readonly log: RunLog;
  readonly latency: LatencyLog;
  readonly visibility: Visibility;
  readonly attempts: AttemptTotals;
  /** Names of the floods of kind udp. */
  readonly udpFloods: ReadonlySet<string>;
  readonly generator: Summary['generator'];
  readonly accounting: Accounting;
  readonly reconciliation: Reconciliation;
  /** When a sample first showed the gateway's table full, seconds; null when none did. */
  readonly fullAt: number | null;
  /** Undefined when the gateway's table dropped nothing. */
  readonly firstDrop: FirstDrop | undefined;
  readonly evictions: Evictions;
  readonly refusals: Refusals;
  readonly portRefusals: PortRefusals;
  readonly lossCauses: LossCauses;
  readonly losses: AttributedLosses;
  /** Evictions that hurt clients that were waiting; undefined when there were none. */
  readonly awaitedEvictions: AwaitedEvictions | undefined;
  readonly verdict: JudgedVerdict;
  /** The first drop, eviction that hurt or refused entry, once it is proven to be what broke; else null. */
  readonly breakingPoint: BreakingPoint | null;
  /** When the table took new connections again, or clients got over endpoints that went; null when nothing had happened. */
  readonly recovery: Recovery | null;
}

/** Draws the conclusions, in the order in which they build upon each other. Pure: the same record always gives the same. */
export function factsOf(log: RunLog, latency: LatencyLog): RunFacts {
  const { meta, tables } = log;
  const visibility = recordedVisibility(meta);
  const attempts = attemptTotals(log.loads);
  const udpFloods = udpFloodsOf(meta.scenario.floods);
  const generator = generatorHealth(log, attempts, latency);

  const accounting = account({ ...log, attempts, udpFloods });
  const evictions = countEvictions(log);
  const deletedHeld = heldLostByDeletion(log);
  const reconciliation = reconcile(accounting, evictions.handshakes);

  const fullAt = firstFullAt(tables.gateway);
  const scheduleLagMs = generator.scheduleLagP99Ms ?? 0;
  const firstDrop = findFirstDrop({ ...log, accounting, fullAt, scheduleLagMs });

  const refusals = countRefusals(log);
  const portRefusals = countPortRefusals(log);
  const felt = { ...log, accounting, reconciliation, firstDrop, scheduleLagMs };
  const otherTraffic = otherTrafficOf(felt);
  const causes = lossCauses({ ...felt, attempts, udpFloods, evictions, portRefusals });
  const losses = attributeLosses(log.loads, causes);
  const awaitedEvictions = findAwaitedEvictions({ ...log, fullAt, evictions, losses });
  const fullChains = findFullChains({ ...log, fullAt, refusals, accounting, losses });

  const spentPorts = findSpentPorts({ ...log, fullAt, portRefusals, accounting, losses });

  const breaks = { firstDrop, awaitedEvictions, fullChains, spentPorts };
  const judged = {
    log,
    visibility,
    attempts,
    accounting,
    reconciliation,
    otherTraffic,
    generator,
    losses,
    evictions,
    deletedHeld,
    refusals,
    portRefusals,
  };
  const verdict = judge({ ...judged, ...breaks });
  const breakingPoint = verdict.kind === 'broke' ? (earliestBreak(breaks) ?? null) : null;
  const disturbedAt = breakingPoint?.atSeconds ?? endpointsGoneAt(log);
  const recovery = disturbedAt === undefined ? null : findRecovery(log, disturbedAt);
  return {
    log,
    latency,
    visibility,
    attempts,
    udpFloods,
    generator,
    accounting,
    reconciliation,
    fullAt,
    firstDrop,
    evictions,
    refusals,
    portRefusals,
    lossCauses: causes,
    losses,
    awaitedEvictions,
    verdict,
    breakingPoint,
    recovery,
  };
}

/** When endpoints had gone while the load still ran, seconds; undefined when none had. */
function endpointsGoneAt({ actions, loads }: Pick<RunLog, 'actions' | 'loads'>): number | undefined {
  const at = actions.find(({ endpoint }) => endpoint !== undefined)?.doneSeconds;
  return at !== undefined && loads.some(({ t }) => t > at) ? at : undefined;
}
