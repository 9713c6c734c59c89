import { release } from 'node:os';
import { TARGETS } from '../../lab/addresses.ts';
import { machineFacts } from '../../load/sizing/machine.ts';
import { type ProcessPlan, planProcesses } from '../../load/sizing/process-plan.ts';
import { count } from '../../model/format.ts';
import { type AnyScenario, isExternal, type Scenario } from '../../model/input/scenario.ts';
import { ASSUMED_KERNEL } from '../../model/node/kernel.ts';
import { parseVersion } from '../../model/node/version.ts';
import { formatDuration } from '../../model/units.ts';
import { descriptorLimit } from '../../platform/descriptors.ts';
import { jsonText, printable } from '../../platform/printable.ts';
import { loadAnyScenario, type ScenarioInputs } from '../../scenario/load.ts';
import { ballastEffects, describeMethods } from '../../sizing/ballast.ts';
import { describePrediction } from '../../sizing/describe.ts';
import { type Prediction, predict } from '../../sizing/predict.ts';
import { type Requirements, requirementsOf } from '../../sizing/requirements.ts';

/**
 * What `ctload inspect --json` prints, schema `ctload/inspect@1`. Times are seconds, sizes bytes. For an external gateway there
 * is only the scenario.
 */
export interface Inspection {
  readonly schema: 'ctload/inspect@1';
  /** Scenario with every default filled in, durations in seconds. */
  readonly scenario: AnyScenario;
  /** What the scenario needs on this machine. */
  readonly needs?: Requirements;
  /** How the load is spread over processes on this machine. */
  readonly processes?: ProcessPlan;
  /** What the model predicts for the gateway's table. */
  readonly prediction?: Prediction;
}

/**
 * Prints the resolved scenario, what it needs, and the prediction for the table, without starting anything.
 * @throws {CtloadError} exit 104 for an invalid scenario.
 */
export function inspect(file: string, inputs: ScenarioInputs, { json }: { readonly json: boolean }): void {
  const { scenario, resolved } = loadAnyScenario(file, inputs);
  if (isExternal(scenario)) {
    // Nothing is known about an existing gateway before it is loaded.
    process.stdout.write(json ? jsonOf({ scenario }) : printable(resolved));
    return;
  }
  const needs = requirementsOf(scenario, TARGETS, parseVersion(release()) ?? ASSUMED_KERNEL);
  const processes = planProcesses(scenario.floods, machineFacts());
  const prediction = predict(scenario);
  if (json) {
    process.stdout.write(jsonOf({ scenario, needs, processes, prediction }));
    return;
  }
  const sections = [
    resolved,
    comment(['Needs', ...needLines(needs, processes), methodLine(scenario)]),
    comment(describePrediction(prediction)),
  ];
  process.stdout.write(printable(sections.join('\n')));
}

function jsonOf(inspection: Omit<Inspection, 'schema'>): string {
  return jsonText({ schema: 'ctload/inspect@1', ...inspection } satisfies Inspection);
}

/** As YAML comments, so that the output is still a valid scenario. */
function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}

function methodLine(scenario: Scenario): string {
  return `  method             ${describeMethods(ballastEffects(scenario))}`;
}

function needLines(needs: Requirements, processes: ProcessPlan): string[] {
  const { agents, backends, peakHeld } = processes;
  const ports = ({ used, available }: Requirements['stalePorts']) => `${count(used)} of ${count(available)}`;
  return [
    `  duration           ${formatDuration(needs.loadSeconds)} of load, plus in-flight attempts`,
    `  kernel memory      ${count(Math.ceil(needs.tableBytes / 2 ** 20))} MiB when the table is full`,
    `  attempts at once   ${count(needs.attempts)} at most, if nothing answers`,
    `  connections held   ${count(needs.held)}`,
    `  processes          ${agents} agents, ${backends} backends`,
    `  descriptors        up to ${count(Math.ceil(peakHeld / agents))} per agent, ${count(descriptorLimit())} allowed`,
    `  client ports       ${ports(needs.ephemeralPorts)} for each of ${needs.destinations} destinations`,
    ...(needs.stalePorts.used > 0
      ? [`  stale ports        ${ports(needs.stalePorts)} for each destination of stale floods`]
      : []),
  ];
}
