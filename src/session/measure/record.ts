import { createHash } from 'node:crypto';
import { type AnyLab, backendIn, type LabGateway } from '../../lab/lab.ts';
import { translates } from '../../model/input/dataplanes.ts';
import { proxyProgramOf } from '../../model/input/proxy.ts';
import { alterTracking } from '../../model/input/rules.ts';
import {
  type AnyScenario,
  type GatewaySpec,
  isExisting,
  isExternal,
  isKeptAlive,
  isKubernetes,
  sendsNothing,
} from '../../model/input/scenario.ts';
import { trackingOf } from '../../model/input/tracking.ts';
import type { GatewayFacts } from '../../model/timeline/gateways.ts';
import type { Environment, LabFacts } from '../../model/timeline/run.ts';
import { type MetaRecord, TIMELINE_SCHEMA } from '../../model/timeline/sample.ts';
import { visibilityOf } from '../../model/timeline/visibility.ts';
import { interruptible, MAIN } from '../../platform/exec.ts';
import { VERSION } from '../../platform/version.ts';
import { ballastEffects } from '../../sizing/ballast.ts';
import { Recorder } from '../../timeline/recorder.ts';
import { crossedNode } from '../crossed-nodes.ts';
import { describeEnvironment } from './environment.ts';
import type { Interrupts } from './interrupts.ts';
import { measure } from './measure.ts';
import type { ProcessSet, RunHosts } from './process-set.ts';
import type { RunRequest } from './request.ts';
import type { RunOutcome } from './run-outcome.ts';

/** Runs the load of one run in a lab, with `processes`, and records it in `folder`. The processes have ended when it resolves. */
export async function recordRun(
  { lab, processes }: { readonly lab: AnyLab; readonly processes: ProcessSet },
  request: RunRequest,
  run: { readonly runId: string; readonly startedAt: Date; readonly folder: string },
  interrupts: Interrupts,
): Promise<RunOutcome> {
  await using ended = processes;
  const recorder = new Recorder(run.folder);
  try {
    const environment = await interruptible(interrupts.graceful, () => describeEnvironment(lab));
    const meta = describeRun(request, { ...run, environment, lab });
    return await measure(lab, ended, request.loaded.scenario, meta, { recorder, interrupts, request });
  } finally {
    await recorder.close();
  }
}

function describeRun(
  request: RunRequest,
  run: { runId: string; startedAt: Date; environment: Environment; lab: AnyLab },
): Omit<MetaRecord, 't'> {
  const { scenario, resolved } = request.loaded;
  const { runId, startedAt, environment, lab } = run;
  const dataplane = isExisting(scenario) ? 'unknown' : scenario.gateway.dataplane;
  return {
    type: 'meta',
    schema: TIMELINE_SCHEMA,
    run: { id: runId, startedAt: startedAt.toISOString(), version: VERSION, seed: scenario.seed, command: request.command },
    scenario: {
      name: scenario.name,
      description: scenario.description,
      sha256: createHash('sha256').update(resolved).digest('hex'),
      floods: scenario.floods.map((flood) => ({
        name: flood.name,
        kind: flood.kind,
        executor: flood.shape.executor,
        ...(sendsNothing(flood) ? { protocol: 'tcp' as const } : {}),
        ...(flood.kind === 'short' && flood.client === 'undici' ? { client: flood.client } : {}),
        ...(flood.kind === 'short' && isKeptAlive(flood) ? { requestsPerConnection: flood.requestsPerConnection } : {}),
        ...('destinations' in flood && flood.destinations !== undefined ? { destinations: flood.destinations } : {}),
        ...(flood.kind === 'icmp' || flood.kind === 'dns' || (flood.kind === 'udp' && flood.reply)
          ? { answerTimeoutSeconds: flood.responseTimeoutSeconds }
          : {}),
      })),
      ...(isExternal(scenario) || backendIn(lab) === undefined ? {} : { backend: scenario.backend }),
      ...(scenario.thresholds.length === 0 ? {} : { thresholds: scenario.thresholds }),
    },
    environment,
    lab: {
      capacity: lab.capacity,
      ...(lab.clients === undefined
        ? {}
        : { clients: lab.clients.map(({ name, machine: { id: machine } }) => ({ name, machine })) }),
      ...(lab.gateways === undefined ? {} : { gateways: lab.gateways.map(gatewayFactsOf) }),
      ...(isExisting(scenario) || lab.capacity.method !== 'ballast' ? {} : { ballastEffects: ballastEffects(scenario) }),
      dataplane,
      ...familyOf(scenario),
      ...(isExisting(scenario) || !translates(dataplane) ? {} : { masquerade: scenario.gateway.masquerade }),
      ...(isExisting(scenario) || scenario.gateway.snatPorts === undefined ? {} : { snatPorts: scenario.gateway.snatPorts }),
      ...(isExisting(scenario) ? {} : gatewayFacts(scenario.gateway)),
      intervalMs: scenario.probe.intervalSeconds * 1000,
      synSchedule: lab.synSchedule,
      gatewayNetns: lab.gatewayNetns,
      visibility: { ...visibilityOf(lab.driver, dataplane), ...(backendIn(lab) === undefined ? { wholeLab: false } : {}) },
      ...(lab.driver === 'kubernetes' ? { nodes: lab.nodes.map(crossedNode) } : {}),
      ...hostMachines(lab),
    },
  };
}

function familyOf(scenario: AnyScenario): Pick<LabFacts, 'family'> {
  if (isExternal(scenario)) return {};
  const { family } = isKubernetes(scenario) ? scenario.lab.kubernetes : scenario.lab;
  return family === undefined ? {} : { family };
}

function gatewayFactsOf({ name, host, capacity, netns, sysctls, isClient }: LabGateway): GatewayFacts {
  return {
    name,
    capacity,
    netns,
    sysctls,
    ...(host.machine === MAIN ? {} : { machine: host.machine.id }),
    ...(isClient ? { isClient } : {}),
  };
}

/** What of a gateway that ctload built decides how its run is judged. */
function gatewayFacts(gateway: GatewaySpec): Pick<LabFacts, 'tracking' | 'rules' | 'proxy'> {
  return { ...trackingFacts(gateway), ...ruleFacts(gateway), ...proxyFacts(gateway) };
}

function trackingFacts(gateway: GatewaySpec): Pick<LabFacts, 'tracking'> {
  return gateway.ipvs === undefined && gateway.tunnel === undefined ? {} : { tracking: trackingOf(gateway) };
}

function ruleFacts({ rules }: GatewaySpec): Pick<LabFacts, 'rules'> {
  return rules === undefined ? {} : { rules: { tool: rules.tool, mode: rules.mode, alterTracking: alterTracking(rules) } };
}

function proxyFacts({ proxy }: GatewaySpec): Pick<LabFacts, 'proxy'> {
  const implementation = proxyProgramOf(proxy);
  if (proxy === undefined || implementation === undefined) return {};
  return { proxy: { implementation, ...(proxy.keepAlive === undefined ? {} : { keepAlive: proxy.keepAlive }) } };
}

/** Nothing where every host is on the machine that ctload runs on. */
function hostMachines({ client, gateway, backend }: RunHosts): Pick<LabFacts, 'hostMachines'> {
  const names = {
    client: client.machine.id,
    gateway: (gateway?.machine ?? MAIN).id,
    backend: (backend?.machine ?? MAIN).id,
  };
  return Object.values(names).every((id) => id === MAIN.id) ? {} : { hostMachines: names };
}
