import type { Cleanup } from '../../platform/cleanup.ts';
import { CtloadError, messageOf, throwIfAborted } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { together } from '../addresses.ts';
import { buildLab, type RaisedHosts, undoBuild } from '../build.ts';
import { type Reservation, reserveFor, settableMax } from '../capacity/capacity.ts';
import { installDataplane } from '../dataplane/dataplane.ts';
import { suppressTeardown } from '../dataplane/end-rules.ts';
import { loseEndpoints } from '../dataplane/gone-endpoints.ts';
import { loadConntrack } from '../host/limits.ts';
import { type HostRole, ROLES } from '../host/names.ts';
import { describeKernel, timeoutSysctls } from '../host/node-settings.ts';
import { readSysctl } from '../host/sysctls.ts';
import { tuning } from '../host/tuning.ts';
import type { Hosts, LabInProgress, LabOptions } from '../lab.ts';
import { ContainerSet } from './container-set.ts';
import { type ContainerSpec, endpointAt, startContainer } from './containers.ts';
import { connectEngine, isEngineError, unlessGone } from './engine.ts';
import { ensureImage } from './image.ts';
import { MACHINE_NETWORK, requireThisKernel } from './machine.ts';
import { createNetworks, type Networks } from './networks.ts';
import { overlap, routedRanges } from './ranges.ts';
import { removeStrayTables, sweepEngine } from './sweep.ts';
import { bridgeTable, removeBridgeTable, UNTRACKED, untrackBridges } from './untracked.ts';

/** Prints the machine's routes of both families; of IPv4 alone where it has no IPv6. */
const ROUTES = 'ip -4 route show table all; ip -6 route show table all 2>/dev/null || true';

/**
 * Builds the lab from containers of the engine that the environment names (DOCKER_HOST, context, usual sockets): three with
 * NET_ADMIN on two internal networks, nothing published. Needs access to Docker, not root.
 * @throws {CtloadError} exit 112 when there is no such engine or it lacks something, 100 when a step fails, 105 when `signal`
 *   ended it; whatever had been made is undone by then. So does `ready`.
 */
export async function createDockerLab(options: LabOptions): Promise<LabInProgress> {
  const { hosts, ready } = await buildLab(options, (cleanup) => raise(options, cleanup)).catch(explain);
  const explained = ready.catch(explain);
  explained.catch(() => {}); // as in buildLab
  return { hosts, ready: explained };
}

function explain(error: unknown): never {
  throw isEngineError(error) ? new CtloadError(`the Docker engine refused: ${messageOf(error)}`, { cause: error }) : error;
}

async function raise(options: LabOptions, cleanup: Cleanup): Promise<RaisedHosts> {
  const { runId, gateway, log, signal } = options;
  const engine = await connectEngine();
  const swept = await sweepEngine(engine);
  if (swept.removed.length > 0) log.info(`docker: removed what a killed run left: ${swept.removed.join(', ')}`);
  const image = await ensureImage(engine, log, signal);
  throwIfAborted(signal);
  const around = new ContainerSet(engine, runId, image);

  cleanup.defer('container machine', () => around.remove());
  const lastCommand = removeBridgeTable(bridgeTable(runId)); // runs even when ctload is killed
  const machine = await startContainer(
    await around.create('machine', MACHINE_NETWORK, ['sh', '-c', `cat; ${lastCommand}`]),
    'machine',
  );
  const [routes] = await Promise.all([
    execute(['sh', '-c', ROUTES], { host: machine }),
    requireThisKernel(engine, machine).then(() => removeStrayTables(engine, machine)),
    loadConntrack(),
  ]);
  const reservation = await reserveFor(options, around.limitsAccess());
  cleanup.defer('conntrack limits', () => reservation[Symbol.asyncDispose]());
  cleanup.alongside('NOTRACK rules', () => machine.leave());

  const routed = routedRanges(routes);
  const networks = await createNetworks(
    engine,
    runId,
    options.family,
    (subnet) => routed.some((range) => overlap(range, subnet)),
    (network) => cleanup.alongside('network', () => unlessGone(network.remove())),
  );
  throwIfAborted(signal);
  const inside = new ContainerSet(engine, runId, image);
  await untrackBridges(machine, bridgeTable(runId), networks.bridges);

  cleanup.defer('containers', () => inside.remove());
  const hosts = await startHosts(inside, networks, tuning(timeoutSysctls(gateway.conntrack.timeouts), options.family));
  cleanup.defer('entries', () => execute(['conntrack', '--flush'], { host: hosts.gateway }).catch(() => {})); // see namespaces.ts
  throwIfAborted(signal);
  return {
    hosts: { ...hosts, machine },
    finish: async () => ({
      driver: 'docker',
      rootless: engine.rootless,
      machine,
      ...(await setUp(hosts, networks, reservation, options)),
      ...settableMax(reservation),
      loseEndpoints: () => loseEndpoints(hosts.gateway, gateway.dataplane, networks.plans, options.udp),
      capacityLost: reservation.lost,
      [Symbol.asyncDispose]: () => undoBuild(cleanup, 'once the Docker engine answers, repair with: ctload clean'),
    }),
  };
}

/** Routes, rules and the table of the hosts. */
async function setUp(hosts: Hosts, networks: Networks, reservation: Reservation, { gateway, udp, signal }: LabOptions) {
  await Promise.all([
    connect(hosts, networks),
    installDataplane(hosts, gateway, networks.plans, udp),
    suppressTeardown(
      { clients: [hosts.client], backend: hosts.backend },
      { ownRules: gateway.rules !== undefined, more: UNTRACKED },
    ),
  ]);
  throwIfAborted(signal);
  const [capacity, netns, kernel] = await Promise.all([
    reservation.fill(hosts.gateway),
    execute(['stat', '-L', '-c', '%i', '/proc/self/ns/net'], { host: hosts.gateway }),
    describeKernel(hosts),
  ]);
  const { targets, listen } = together(networks.plans);
  return { ...hosts, targets, listen, proxyRoutes: [], capacity, gatewayNetns: Number(netns), ...kernel };
}

/** Starts client, gateway and backend on their networks, with their kernel settings. */
async function startHosts(
  containers: ContainerSet,
  { addresses, front, back }: Networks,
  settings: ReturnType<typeof tuning>,
): Promise<Hosts> {
  const first: Record<HostRole, NonNullable<ContainerSpec['network']>> = {
    client: { name: front.name, addresses: addresses.map((plan) => plan.front.client) },
    gateway: { name: front.name, addresses: addresses.map((plan) => plan.front.gateway) },
    backend: { name: back.name, addresses: addresses.map((plan) => plan.back.backend) },
  };
  const started = await Promise.allSettled(
    ROLES.map(async (role) => {
      const known = Object.entries(settings[role]).filter(([name]) => readSysctl(name) !== undefined);
      const Sysctls = Object.fromEntries(known.map(([name, value]) => [name, String(value)]));
      const container = await containers.create(role, { CapAdd: ['NET_ADMIN'], Sysctls }, ['cat'], first[role]);
      if (role === 'gateway') {
        const endpoint = endpointAt(addresses.map((plan) => plan.back.gateway));
        await back.network.connect({ Container: container.id, EndpointConfig: endpoint });
      }
      return [role, await startContainer(container, role)] as const;
    }),
  );
  const hosts: Partial<Record<HostRole, Host>> = {};
  for (const result of started) {
    if (result.status === 'rejected') throw result.reason; // only once all are settled, because those that were made have to be removed
    hosts[result.value[0]] = result.value[1];
  }
  return hosts as Hosts;
}

/** Adds the routes: virtual and endpoint addresses lie inside the networks, which let no others pass, but belong to one host each. */
async function connect(hosts: Hosts, { plans }: Networks): Promise<void> {
  const each = plans.flatMap((plan) => [
    execute(['ip', 'route', 'add', plan.virtuals, 'via', plan.front.gateway], { host: hosts.client }),
    execute(['ip', 'route', 'add', plan.endpoints, 'via', plan.back.backend], { host: hosts.gateway }),
    execute(['ip', 'route', 'add', 'local', plan.endpoints, 'dev', 'lo'], { host: hosts.backend }), // AnyIP
  ]);
  await Promise.all(each);
}
