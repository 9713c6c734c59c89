import type { Expectation } from '../model/result/expectation.ts';
import type { LatencyLog } from '../model/result/latency.ts';
import type { Summary } from '../model/result/summary.ts';
import type { TimelineRecord } from '../model/timeline/sample.ts';
import { correlate } from './breaking-point/correlation.ts';
import { findKnees } from './breaking-point/knees.ts';
import { comparePrediction } from './breaking-point/prediction.ts';
import { attribute } from './causes/attribution.ts';
import { causesOf } from './causes/causes.ts';
import { investigate } from './causes/investigate.ts';
import { type RunLog, sortRecords } from './log/run-log.ts';
import { summarizeConntrack } from './metrics/conntrack.ts';
import { summarizeFloods } from './metrics/floods.ts';
import { generatorHealth } from './metrics/generator.ts';
import { headroomAt } from './metrics/headroom.ts';
import { metricReader, metricsOf } from './metrics/metrics.ts';
import { judgeThresholds } from './metrics/thresholds.ts';
import { rounded } from './statistics/round.ts';
import { judge } from './verdict/verdict.ts';

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
