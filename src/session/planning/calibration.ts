import { join } from 'node:path';
import { ratio } from '../../model/format.ts';
import type { Scenario } from '../../model/input/scenario.ts';
import type { Calibration } from '../../model/result/plan.ts';
import type { PredictedQuantity, Summary } from '../../model/result/summary.ts';
import { sum } from '../../model/sum.ts';
import { reasonOf, usageError } from '../../platform/errors.ts';
import { readRegular } from '../../platform/read-file.ts';
import { type LoadedScenario, parseScenario } from '../../scenario/load.ts';
import { componentsOf } from '../../sizing/streams.ts';
import { streamsOfScenario } from '../../sizing/traffic.ts';
import { deriveReport } from '../results/derive.ts';
import { LARGEST_RESOLVED, RESOLVED_FILE } from '../results/results.ts';

export interface MeasuredRun {
  readonly loaded: LoadedScenario;
  readonly calibration: Calibration;
}

/**
 * Reads those constants of the model that the run recorded in `folder` has measured.
 * @throws {CtloadError} exit 2 when the folder holds no run.
 */
export function calibrateFrom(folder: string): MeasuredRun {
  const { summary } = deriveReport(folder);
  const loaded = scenarioOf(folder);
  return { loaded, calibration: { folder, ...measuredIn(summary, loaded.scenario) } };
}

function scenarioOf(folder: string): LoadedScenario {
  const path = join(folder, RESOLVED_FILE);
  let text: string;
  try {
    text = readRegular(path, LARGEST_RESOLVED);
  } catch (cause) {
    throw usageError(`cannot read ${path}: ${reasonOf(cause)}`, 'name the folder of one run, as `ctload run` prints it', cause);
  }
  return parseScenario(text, path);
}

function measuredIn(summary: Summary, scenario: Scenario): Omit<Calibration, 'folder'> {
  const quantity = (name: PredictedQuantity['quantity']) => summary.prediction.find((one) => one.quantity === name);
  const perConnection = quantity('entriesPerConnection');
  const residue =
    perConnection?.predicted && perConnection.measured !== null ? perConnection.measured / perConnection.predicted : null;
  const lag = lagOf(summary, scenario, quantity('steadyEntries'));
  return {
    residue,
    gcLagSeconds: lag,
    notes: [
      residue === null
        ? 'the run did not measure how many entries a connection leaves'
        : `a connection left ${ratio(residue)} times the predicted number of entries`,
      lag === null
        ? 'no entry expired while the table had room, so the run did not measure the garbage collector; the model’s figure is used'
        : `expired entries stayed counted for up to ${lag.toFixed(1)} s`,
    ],
  };
}

/** (peak − steady state) ÷ entries that expire per second; only known after a run that held for longer than its entries live. */
function lagOf(summary: Summary, scenario: Scenario, steady: PredictedQuantity | undefined): number | null {
  const { conntrack } = scenario.gateway;
  if (summary.verdict.kind !== 'held' || steady?.predicted == null || steady.measured === null) return null;
  const components = componentsOf(
    { streams: streamsOfScenario(scenario), peakFactor: 1, replicas: 1, entriesPerConnection: 1 },
    conntrack.timeouts,
  );
  const expiring = sum(components, ({ rate }) => rate);
  return expiring === 0 ? null : Math.max(0, (summary.conntrack.peakEntries - steady.predicted) / expiring);
}
