import { join } from 'node:path';
import { ratio } from '../../model/format.ts';
import type { Scenario } from '../../model/input/scenario.ts';
import type { Calibration } from '../../model/result/plan/plan.ts';
import type { PredictedQuantity } from '../../model/result/predicted-quantity.ts';
import type { Summary } from '../../model/result/summary.ts';
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

/** What `summary` measured of the model's constants; nothing unless the run is valid. */
export function measuredIn(summary: Summary, scenario: Scenario): Omit<Calibration, 'folder'> {
  if (summary.verdict.validity !== 'valid') {
    return {
      residue: null,
      gcLagSeconds: null,
      notes: [`the run is ${summary.verdict.validity}, so the model’s figures are used`],
    };
  }
  if ((summary.actions ?? []).length > 0) {
    return {
      residue: null,
      gcLagSeconds: null,
      notes: ['actions changed the table during the run, so the model’s figures are used'],
    };
  }
  const [residue, residueNote] = residueOf(summary);
  const [gcLagSeconds, lagNote] = lagOf(summary, scenario);
  return { residue, gcLagSeconds, notes: [residueNote, lagNote] };
}

/**
 * Entries per connection ÷ the predicted number. A smaller number is only taken from a run in which the kernel cannot have evicted
 * entries: with ballast the table is always 95 % full, and while any table of the machine is full, the garbage collector evicts
 * entries of closing connections (gc_worker); early drop evicts in a full one.
 */
function residueOf(summary: Summary): readonly [number | null, string] {
  const { method, earlyDrop } = summary.conntrack;
  const { predicted, measured } = quantity(summary, 'entriesPerConnection') ?? { predicted: null, measured: null };
  if (!predicted || measured === null) return [null, 'the run did not measure how many entries a connection leaves'];
  const residue = measured / predicted;
  const found = `a connection left ${ratio(residue)} times the predicted number of entries`;
  if (residue >= 1 || (method !== 'ballast' && earlyDrop === 0)) return [residue, found];
  const taker = method === 'ballast' ? 'with ballast the kernel may have evicted some' : 'early drop evicted some';
  return [null, `${found}, but ${taker}; the model’s figure is used`];
}

function quantity({ prediction }: Summary, name: PredictedQuantity['quantity']): PredictedQuantity | undefined {
  return prediction.find((one) => one.quantity === name);
}

const NO_LAG =
  'no entry expired while the table had room, so the run did not measure the garbage collector; the model’s figure is used';

/** (peak − steady state) ÷ entries that expire per second; only known after a run that held for longer than its entries live. */
function lagOf(summary: Summary, scenario: Scenario): readonly [number | null, string] {
  const { conntrack } = scenario.gateway;
  const steady = quantity(summary, 'steadyEntries');
  if (summary.verdict.kind !== 'held' || steady?.predicted == null || steady.measured === null) return [null, NO_LAG];
  if (summary.conntrack.method === 'ballast') {
    return [null, 'with ballast the garbage collector runs less often than on the node; the model’s figure is used'];
  }
  const components = componentsOf(
    { streams: streamsOfScenario(scenario), peakFactor: 1, replicas: 1, entriesPerConnection: 1 },
    conntrack.timeouts,
  );
  const expiring = sum(components, ({ rate }) => rate);
  if (expiring === 0) return [null, NO_LAG];
  const lag = Math.max(0, (summary.conntrack.peakEntries - steady.predicted) / expiring);
  return [lag, `expired entries stayed counted for up to ${lag.toFixed(1)} s`];
}
