import type { Expectation } from '../model/expectation.ts';
import type { LatencyLog } from '../model/latency.ts';
import type { TimelineRecord } from '../model/sample.ts';
import type { Summary } from '../model/summary.ts';
import { attribute } from './attribution.ts';
import { causesOf } from './causes.ts';
import { summarizeConntrack } from './conntrack.ts';
import { correlate } from './correlation.ts';
import { summarizeFloods } from './floods.ts';
import { generatorHealth } from './generator.ts';
import { headroomAt } from './headroom.ts';
import { investigate } from './investigate.ts';
import { findKnees } from './knees.ts';
import { metricReader, metricsOf } from './metrics.ts';
import { comparePrediction } from './prediction.ts';
import { rounded } from './round.ts';
import { type RunLog, sortRecords } from './run-log.ts';
import { judgeThresholds } from './thresholds.ts';
import { judge } from './verdict.ts';

/** Judges a recorded run against what the model `expected` of it. Pure: the same record always gives the same summary. */
export function summarize(records: Iterable<TimelineRecord>, latency: LatencyLog, expected?: Expectation): Summary {
  return summarizeLog(sortRecords(records), latency, expected);
}

/** The same of a record that is sorted already. */
export function summarizeLog(log: RunLog, latency: LatencyLog, expected?: Expectation): Summary {
  const { accounting, first, evidence } = investigate(log, latency);
  const generator = generatorHealth(log, latency);
  const verdict = judge({ log, accounting, first, generator }, attribute(log.loads, evidence));
  const breakingPoint = verdict.kind === 'broke' && first !== undefined ? first.point : null;
  const conntrack = summarizeConntrack(log, first?.point.atSeconds);
  const { run, scenario, environment } = log.meta;
  const durationSeconds = Math.max(0, log.lastAt);
  const floods = summarizeFloods(log, latency, evidence);
  const read = metricReader({ log, latency, point: breakingPoint, floods, durationSeconds });
  return rounded({
    schema: 'ctload/summary@1',
    run: { ...run, durationSeconds },
    scenario: { name: scenario.name, description: scenario.description, sha256: scenario.sha256 },
    environment,
    conntrack,
    verdict,
    breakingPoint,
    attribution: causesOf({ log, accounting, evidence, generator, latency }),
    accounting,
    correlation: correlate(log, latency, breakingPoint?.firstFailureAtSeconds ?? null),
    knees: findKnees(log, latency),
    prediction: expected === undefined ? [] : comparePrediction(log, expected, conntrack.measuredDropShareWhenFull),
    headroom: headroomAt(log, breakingPoint?.atSeconds ?? null),
    generator,
    floods,
    metrics: metricsOf(log, read),
    thresholds: judgeThresholds(log, read),
  });
}
