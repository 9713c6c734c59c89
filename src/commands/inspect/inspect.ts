import { release } from 'node:os';
import { TARGETS } from '../../lab/addresses.ts';
import { targetsFrom } from '../../lab/external.ts';
import { PORTS_SYSCTL, readSysctl } from '../../lab/host/sysctls.ts';
import { machineOf } from '../../load/sizing/machine.ts';
import { type ProcessPlan, planProcesses } from '../../load/sizing/process-plan.ts';
import { count } from '../../model/format.ts';
import { announcedMaxima } from '../../model/input/actions.ts';
import { type AnyScenario, type ExistingScenario, isExisting, type Scenario } from '../../model/input/scenario.ts';
import { ASSUMED_KERNEL } from '../../model/node/kernel.ts';
import { parseVersion } from '../../model/node/version.ts';
import { formatDuration } from '../../model/units.ts';
import { descriptorLimit } from '../../platform/descriptors.ts';
import { jsonText, printable } from '../../platform/printable.ts';
import { loadAnyScenario, type ScenarioInputs } from '../../scenario/load.ts';
import { ballastEffects, describeMethods } from '../../sizing/ballast.ts';
import { describePrediction } from '../../sizing/describe.ts';
import { type Prediction, predict } from '../../sizing/predict.ts';
import { type LoadRequirements, loadRequirements, type Requirements, requirementsOf } from '../../sizing/requirements.ts';

/**
 * What `ctload inspect --json` prints, schema `ctload/inspect@1`. Times are seconds, sizes bytes. Of an external gateway nothing
 * is known before it is loaded: no table, no prediction.
 */
export interface Inspection {
  readonly schema: 'ctload/inspect@1';
  /** Scenario with every default filled in, durations in seconds. */
  readonly scenario: AnyScenario;
  /** What the scenario needs on this machine. */
  readonly needs: LoadRequirements & Partial<Requirements>;
  /** How the load is spread over processes on this machine. */
  readonly processes: ProcessPlan;
  /** What the model predicts for the gateway's table. */
  readonly prediction?: Prediction;
}

/**
 * Prints the resolved scenario, what it needs, and the prediction for the table, without starting anything.
 * @throws {CtloadError} exit 104 for an invalid scenario.
 */
export function inspect(file: string, inputs: ScenarioInputs, { json }: { readonly json: boolean }): void {
  const { scenario, resolved } = loadAnyScenario(file, inputs);
  const processes = planProcesses(scenario.floods, machineOf(scenario));
  const { facts, lines } = isExisting(scenario) ? reach(scenario, processes) : foresee(scenario, processes);
  const sections = [...lines.map((some) => comment(some)), resolved];
  process.stdout.write(json ? jsonOf({ scenario, processes, ...facts }) : printable(sections.join('\n')));
}

/** What is known before a run, and how it is printed, section by section. */
interface Foreseen {
  readonly facts: Pick<Inspection, 'needs' | 'prediction'>;
  readonly lines: readonly (readonly string[])[];
}

function foresee(scenario: Scenario, processes: ProcessPlan): Foreseen {
  const needs = requirementsOf(scenario, TARGETS, parseVersion(release()) ?? ASSUMED_KERNEL);
  const prediction = predict(scenario);
  const lines = [
    [...describePrediction(prediction), ...actionNote(scenario)],
    ['Needs', ...needLines(needs, processes), methodLine(scenario)],
  ];
  return { facts: { needs, prediction }, lines };
}

function reach({ floods, lab }: ExistingScenario, processes: ProcessPlan): Foreseen {
  const needs = loadRequirements(floods, lab.driver === 'external' ? targetsFrom(lab, readSysctl(PORTS_SYSCTL)) : TARGETS);
  const nothing = 'No prediction: nothing is known of an existing gateway before it is loaded';
  return { facts: { needs }, lines: [[nothing], ['Needs', ...needLines(needs, processes)]] };
}

function jsonOf(inspection: Omit<Inspection, 'schema'>): string {
  return jsonText({ schema: 'ctload/inspect@1', ...inspection } satisfies Inspection);
}

/** As YAML comments, so that the output is still a valid scenario. */
function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}

/** The model knows one table. */
function actionNote({ actions = [] }: Scenario): string[] {
  const first = Math.min(...actions.map(({ atSeconds }) => atSeconds));
  return actions.length === 0 ? [] : [`  as the table is before the first action, at ${formatDuration(first)}`];
}

function methodLine(scenario: Scenario): string {
  const raised = announcedMaxima(scenario.actions).length > 0;
  return `  method             ${raised ? 'sysctl: an action sets nf_conntrack_max' : describeMethods(ballastEffects(scenario))}`;
}

function needLines(needs: Inspection['needs'], processes: ProcessPlan): string[] {
  const { agents, backends, peakHeld } = processes;
  const ports = ({ used, available }: Requirements['stalePorts']) => `${count(used)} of ${count(available)}`;
  const places = needs.destinations === 1 ? 'destination' : 'destinations';
  // A line only for what the load needs at all: datagrams without an answer, for example, hold no connection.
  const lines: [needed: number | undefined, line: (needed: number) => string][] = [
    [needs.loadSeconds, (seconds) => `  duration           ${formatDuration(seconds)} of load, plus in-flight attempts`],
    [needs.tableBytes, (bytes) => `  kernel memory      ${count(Math.ceil(bytes / 2 ** 20))} MiB when the table is full`],
    [needs.attempts, (most) => `  attempts at once   ${count(most)} at most, if nothing answers`],
    [needs.held, (held) => `  connections held   ${count(held)}`],
    [agents, () => `  processes          ${agents} agents, ${backends} backends`],
    [
      peakHeld,
      () => `  descriptors        up to ${count(Math.ceil(peakHeld / agents))} per agent, ${count(descriptorLimit())} allowed`,
    ],
    [
      needs.ephemeralPorts.used,
      () => `  client ports       ${ports(needs.ephemeralPorts)} for each of ${needs.destinations} ${places}`,
    ],
    [needs.stalePorts.used, () => `  stale ports        ${ports(needs.stalePorts)} for each destination of stale floods`],
  ];
  return lines.flatMap(([needed = 0, line]) => (needed > 0 ? [line(needed)] : []));
}
