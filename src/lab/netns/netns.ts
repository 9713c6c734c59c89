import { terminates } from '../../model/input/dataplanes.ts';
import type { Cleanup } from '../../platform/cleanup.ts';
import { throwIfAborted } from '../../platform/errors.ts';
import { requireTools } from '../../platform/tools.ts';
import { together } from '../addresses.ts';
import { buildLab, type RaisedHosts, undoBuild } from '../build.ts';
import { ownLimitsAccess, type Reservation, reserveFor, settableMax } from '../capacity/capacity.ts';
import { installDataplane, plansFor } from '../dataplane/dataplane.ts';
import { suppressTeardown } from '../dataplane/end-rules.ts';
import { loseEndpoints } from '../dataplane/gone-endpoints.ts';
import { proxyRoutes } from '../dataplane/proxy.ts';
import { loadConntrack } from '../host/limits.ts';
import { ROLES } from '../host/names.ts';
import { namespaceHost, namespaceInode, silenceNamespaces } from '../host/namespaces.ts';
import { describeKernel, timeoutSysctls } from '../host/node-settings.ts';
import type { Lab, LabInProgress, LabOptions } from '../lab.ts';
import { connect, type Site, tune } from '../wiring.ts';
import { isRootless, requireWritableSettings } from './rootless.ts';
import { addSite, clearAway, register } from './site.ts';

/** Commands that every lab of namespaces needs. */
export const NETNS_TOOLS = ['ip', 'nft', 'conntrack', 'flock', 'nsenter'] as const;

/**
 * Builds the lab from network namespaces of this machine. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN, if only in a user namespace.
 * @throws {CtloadError} exit 112 when something is missing here, 100 when a step fails, 105 when `signal` ended it; whatever
 *   had been made is undone by then. So does `ready`.
 */
export async function createNetnsLab(options: LabOptions): Promise<LabInProgress> {
  requireTools(NETNS_TOOLS);
  requireWritableSettings();
  return buildLab(options, (cleanup) => raise(options, cleanup));
}

async function raise(options: LabOptions, cleanup: Cleanup): Promise<RaisedHosts> {
  const { runId, gateway, log, signal } = options;
  register(runId, cleanup);
  await loadConntrack();
  await clearAway(log);
  let reservation: Reservation | undefined;
  cleanup.defer('conntrack limits', () => reservation?.[Symbol.asyncDispose]()); // after the namespaces, whose entries they hold
  const names = await addSite(runId, ROLES, cleanup);
  const site: Site = {
    names,
    client: namespaceHost(names.client, 'client'),
    gateway: namespaceHost(names.gateway, 'gateway'),
    backend: namespaceHost(names.backend, 'backend'),
  };
  throwIfAborted(signal);
  await tune(site, timeoutSysctls(gateway.conntrack.timeouts), options.family);
  await connect(site, plansFor(gateway, options.family));
  return {
    hosts: site,
    finish: async () => {
      reservation = await reserveFor(options, ownLimitsAccess());
      return finish(site, reservation, options, cleanup);
    },
  };
}

async function finish(site: Site, reservation: Reservation, options: LabOptions, cleanup: Cleanup): Promise<Lab> {
  const { gateway, family, udp, signal } = options;
  const plans = plansFor(gateway, family);
  const [program] = await Promise.all([
    installDataplane(site, gateway, plans, udp),
    suppressTeardown({ clients: [site.client], backend: site.backend }, { ownRules: gateway.rules !== undefined }),
  ]);
  throwIfAborted(signal);
  const capacity = await reservation.fill(site.gateway);
  return {
    driver: 'netns',
    rootless: isRootless(),
    client: site.client,
    gateway: site.gateway,
    backend: site.backend,
    ...together(plans),
    proxyRoutes: terminates(gateway.dataplane) ? plans.flatMap(proxyRoutes) : [],
    ...(program === undefined ? {} : { proxyProgram: program }),
    capacity,
    gatewayNetns: namespaceInode(site.names.gateway) ?? 0,
    ...(await describeKernel(site)),
    ...settableMax(reservation),
    loseEndpoints: () => loseEndpoints(site.gateway, gateway.dataplane, plans, udp),
    capacityLost: reservation.lost,
    cut: () => silenceNamespaces(Object.values(site.names)),
    [Symbol.asyncDispose]: () => undoBuild(cleanup),
  };
}
