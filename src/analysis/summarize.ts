import type { EvaluatedRules } from '../model/result/alerts/alert-rules.ts';
import type { Expectation } from '../model/result/expectation.ts';
import type { Judgement } from '../model/result/summary.ts';
import { correlate } from './breaking-point/correlation.ts';
import { comparableUntilSeconds } from './breaking-point/cut-short.ts';
import { findKnees } from './breaking-point/knees.ts';
import { comparePrediction } from './breaking-point/prediction.ts';
import { clientsByUtilization } from './breaking-point/utilization.ts';
import { causesOf } from './causes/causes.ts';
import type { RunFacts } from './facts.ts';
import { summarizeConntrack } from './metrics/conntrack.ts';
import { summarizeFloods } from './metrics/floods.ts';
import { headroomAt } from './metrics/headroom.ts';
import { metricReader, metricsOf } from './metrics/metrics.ts';
import { nodeExporterOf } from './metrics/node-exporter.ts';
import { judgeThresholds } from './metrics/thresholds.ts';
import { withLeads } from './series/alert-leads.ts';
import { firstLostAt } from './series/series.ts';
import { rounded } from './statistics/round.ts';

function rulesOf({ meta, ruleDrops }: RunFacts['log']): Pick<Judgement, 'rules'> {
  const { rules } = meta.lab;
  if (rules === undefined) return {};
  const dropped = ruleDrops && Object.fromEntries(ruleDrops.counters.map(({ name, packets }) => [name, packets]));
  return { rules: { ...rules, dropped: dropped ?? null } };
}

function proxyOf({ meta, proxy }: RunFacts['log']): Pick<Judgement, 'proxy'> {
  return meta.lab.proxy === undefined ? {} : { proxy: { ...meta.lab.proxy, complaints: proxy?.complaints ?? null } };
}

/** Lays the facts of a run out as its summary, and compares them with what the model `expected` of it. Pure. */
export function summarize(facts: RunFacts, expected?: Expectation, evaluated?: EvaluatedRules): Judgement {
  const { log, latency, attempts, losses, fullAt, verdict, breakingPoint, recovery, accounting, generator } = facts;
  const { run, scenario, environment, lab } = log.meta;
  const { capacity } = lab;
  const table = log.tables.gateway;
  const durationSeconds = Math.max(0, log.lastAt);
  const conntrack = summarizeConntrack(log, facts.firstDrop?.point.atSeconds);
  const byUtilization = clientsByUtilization(log, latency);
  const floods = summarizeFloods(log, attempts, losses.failures, latency);
  const alertRules = evaluated && withLeads(evaluated, firstLostAt(facts));
  const read = metricReader({ alertRules, log, latency, point: breakingPoint, recovery, floods, durationSeconds });
  const measured = {
    table,
    loads: log.loads,
    prefilled: capacity.prefilled,
    fullAt,
    cutAt: comparableUntilSeconds(log),
    changedAt: log.actions[0]?.t,
    recoverySeconds: recovery?.afterBreakSeconds ?? null,
  };
  return rounded({
    schema: 'ctload/summary@1',
    run: { ...run, durationSeconds },
    scenario: { name: scenario.name, description: scenario.description, sha256: scenario.sha256 },
    environment,
    visibility: facts.visibility,
    conntrack,
    ...(lab.nodes === undefined ? {} : { nodes: lab.nodes }),
    verdict,
    breakingPoint,
    ...rulesOf(log),
    ...(log.ipvs === undefined ? {} : { ipvs: { connections: log.ipvs.connections } }),
    ...nodeExporterOf(log),
    ...proxyOf(log),
    ...(alertRules === undefined ? {} : { alertRules }),
    actions: log.actions.map(({ t, ...action }) => ({ atSeconds: t, ...action })),
    recovery,
    attribution: causesOf(losses, { ...log, ...facts }),
    accounting,
    correlation: correlate(byUtilization, run.seed, fullAt, breakingPoint?.firstFailureAtSeconds ?? null),
    knees: findKnees({ table, fullAt, byUtilization, seed: run.seed }),
    prediction:
      expected === undefined
        ? []
        : comparePrediction(expected, { ...measured, dropShareWhenFull: conntrack.measuredDropShareWhenFull }),
    headroom: headroomAt(log, facts.visibility, breakingPoint?.atSeconds ?? null),
    generator,
    floods,
    metrics: metricsOf(log, facts.visibility, read),
    thresholds: judgeThresholds(scenario.thresholds ?? [], log.events, read),
  });
}
