import { chooseDriver, createLab } from '../lab/create.ts';
import { reachExternal } from '../lab/external.ts';
import type { AnyLab, Lab } from '../lab/lab.ts';
import { requireResources } from '../load/sizing/preflight.ts';
import { count, plural } from '../model/format.ts';
import { announcedMaxima } from '../model/input/actions.ts';
import { placeText } from '../model/input/external.ts';
import { type ExternalScenario, type KubernetesScenario, type Scenario, sendsUdp } from '../model/input/scenario.ts';
import { entriesPerFlow, forwardingText } from '../model/input/tracking.ts';
import type { Capacity } from '../model/timeline/capacity.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/exec.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { Log } from '../platform/log.ts';
import { requireTools } from '../platform/tools.ts';
import { NODE_EXPORTER } from '../probe/exporter/node-exporter.ts';
import { readsEntries } from '../probe/states/state-breakdown.ts';
import { ballastEffects, isFaithful } from '../sizing/ballast.ts';
import type { Interrupts } from './measure/interrupts.ts';
import { ProcessSet } from './measure/process-set.ts';
import type { RunPlan } from './measure/run-plan.ts';

/** A finished lab, and the processes of the first run in it. */
export interface LabSession<L extends AnyLab = AnyLab> {
  readonly lab: L;
  readonly processes: ProcessSet;
}

export interface StandUpOptions {
  readonly runId: string;
  readonly log: Log;
  readonly interrupts: Interrupts;
  /** Seconds of the longest load that the lab is for; that of the scenario when absent. */
  readonly longestSeconds?: number;
}

/**
 * Builds the lab of a run and logs its progress. The run's processes start as soon as the lab has hosts: they take longer to boot
 * and warm up than the rest of the lab takes to build.
 * @throws {CtloadError} as createLab; lab and processes are gone by then.
 */
export async function standUp(
  scenario: Scenario,
  plan: RunPlan,
  { runId, log, interrupts, longestSeconds }: StandUpOptions,
): Promise<LabSession<Lab>> {
  const { conntrack } = scenario.gateway;
  const { actions = [] } = scenario;
  // Where each connection has one entry, no more can be held than the table has, whatever the floods ask for.
  const largest = Math.max(conntrack.max, ...announcedMaxima(actions));
  const most = entriesPerFlow(scenario.gateway) === 1 ? largest : Number.POSITIVE_INFINITY;
  requireResources(scenario.floods, plan, most);
  const { driver, why } = await chooseDriver(scenario.lab.driver);
  if (plan.nodeExporter) requireExporter(driver);
  const because = scenario.lab.driver === 'auto' ? ` (${why})` : '';
  log.info(`building the lab: ${driver}${because}, ${describePlan(scenario)}`);
  if (scenario.lab.vm !== undefined && driver !== 'vm') log.warn(`lab.vm has no effect with driver ${driver}`);
  const udp = scenario.floods.some(sendsUdp);
  const building = await createLab(driver, {
    runId,
    gateway: scenario.gateway,
    ...(scenario.lab.family === undefined ? {} : { family: scenario.lab.family }),
    ...(scenario.lab.vm === undefined ? {} : { vm: scenario.lab.vm }),
    udp,
    sources: scenario.floods.some(({ sources }) => sources !== undefined),
    echoes: scenario.floods.some(({ kind }) => kind === 'icmp'),
    actions,
    needsLease: announcedMaxima(actions).length > 0 || !isFaithful(ballastEffects(scenario, longestSeconds)),
    log,
    signal: interrupts.graceful,
  });
  let processes: ProcessSet | undefined;
  try {
    processes = new ProcessSet(building.hosts, plan);
    const lab = await building.ready;
    log.info(`lab is up: ${describeCapacity(lab.capacity)}; starting the load`);
    return { lab, processes };
  } catch (error) {
    const lab = await building.ready.catch(() => undefined);
    await processes?.[Symbol.asyncDispose]();
    if (lab !== undefined) await tearDownLab(lab, log);
    throw error;
  }
}

/** Finds an existing gateway, logs what was found, and starts the run's processes. @throws {CtloadError} as reachExternal. */
export async function reach({ lab: spec, floods }: ExternalScenario, plan: RunPlan, log: Log): Promise<LabSession> {
  if (plan.nodeExporter) requireExporter('external');
  const from = spec.client === 'host' ? '' : ` from ${placeText(spec.client)}`;
  log.info(`external gateway: ${plural(spec.target.length, 'target')}${from}, floods ${namesOf(floods)}`);
  const lab = await reachExternal(spec);
  const tables = lab.gateways ?? [lab];
  log.info(`${tables.map(({ capacity }) => describeCapacity(capacity)).join('; ')}; starting the load`);
  const processes = new ProcessSet(lab, { ...plan, listing: plan.listing && lab.listable });
  return { lab, processes };
}

/**
 * Builds a lab of pods, logs what was found, and starts the run's processes in them.
 * @throws {CtloadError} as createKubernetesLab.
 */
export async function deploy(
  { lab: { kubernetes: spec }, floods }: KubernetesScenario,
  plan: RunPlan,
  { runId, log, interrupts }: StandUpOptions,
): Promise<LabSession> {
  if (plan.nodeExporter) requireExporter('kubernetes');
  log.info(`building the lab: kubernetes, floods ${namesOf(floods)}`);
  const { createKubernetesLab } = await import('../lab/kubernetes/lab.ts');
  const lab = await createKubernetesLab({ runId, spec, floods, log, signal: interrupts.graceful });
  log.info(`${describeCapacity(lab.capacity)}; starting the load`);
  const listing = plan.listing && spec.family === 'dual' && (await allList(lab, log));
  return { lab, processes: new ProcessSet(lab, { ...plan, listing }) };
}

/** Whether the entries of all nodes can be read; logs of which not. */
async function allList(
  { gateway, gateways = [{ host: gateway }] }: { readonly gateway: Host; readonly gateways?: readonly { readonly host: Host }[] },
  log: Log,
): Promise<boolean> {
  const read = await Promise.all(gateways.map(({ host }) => readsEntries(host)));
  const without = gateways.filter((_, index) => read[index] === false).map(({ host }) => host.name);
  if (without.length === 0) return true;
  log.warn(`the entries of ${without.join(', ')} cannot be read: the report does not tell those of IPv4 and IPv6 apart`);
  return false;
}

/** @throws {CtloadError} exit 104 where a node_exporter cannot run beside the gateway's table, 112 where it is not installed. */
function requireExporter(driver: AnyLab['driver']): void {
  if (driver !== 'netns' && driver !== 'external') {
    throw new CtloadError(`probe.nodeExporter: the gateway of driver ${driver} has no ${NODE_EXPORTER}`, {
      hint: 'use driver netns or external, whose namespaces have the programs of this machine, or leave it out',
      exitCode: ExitCode.invalidScenario,
    });
  }
  requireTools([NODE_EXPORTER, 'setpriv']);
}

/** Undoes the lab. An error is logged at once and returned, because the report still has to be written. */
export async function tearDownLab(lab: AnyLab, log: Log): Promise<unknown> {
  try {
    await lab[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    log.warn(`teardown: ${messageOf(error)}`);
    return error;
  }
}

const FAMILIES = { ipv4: '', ipv6: 'IPv6, ', dual: 'IPv4 and IPv6, ' } as const;

function describePlan({ lab, gateway, floods }: Scenario): string {
  const { conntrack } = gateway;
  const family = lab.family === undefined ? '' : FAMILIES[lab.family];
  return `${family}${forwardingText(gateway)} gateway with ${count(conntrack.max)} conntrack entries, floods ${namesOf(floods)}`;
}

function namesOf(floods: readonly { readonly name: string }[]): string {
  return floods.map(({ name }) => name).join(', ');
}

function describeCapacity({ effectiveMax, method, why }: Capacity): string {
  return method === 'unknown' ? `capacity unknown: ${why}` : `${count(effectiveMax)} entries by ${method} (${why})`;
}
