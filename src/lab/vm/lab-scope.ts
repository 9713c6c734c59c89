import type { Cleanup } from '../../platform/cleanup.ts';
import { throwIfAborted } from '../../platform/errors.ts';
import type { RaisedHosts } from '../build.ts';
import { plansFor } from '../dataplane/dataplane.ts';
import { addNamespaces, namespaceHost } from '../host/namespaces.ts';
import { timeoutSysctls } from '../host/node-settings.ts';
import { addSite, clearAway, register } from '../netns/site.ts';
import { connect, type Site, tune } from '../wiring.ts';
import { finishLab, type GuestLabOptions, startGuest } from './guest-lab.ts';

/** Namespaces in the guest have it to themselves. */
const NAMES = { client: 'client', gateway: 'gateway', backend: 'backend' } as const;

/** All three hosts are namespaces in the guest: they share its kernel, its clock and its CPUs, and nothing with this machine. */
export async function raiseWholeLab(options: GuestLabOptions, cleanup: Cleanup): Promise<RaisedHosts> {
  const { runId, gateway, family, log, signal } = options;
  register(runId, cleanup);
  await clearAway(log);
  // QEMU itself has no use for a namespace, but by it `ctload clean` knows whose it is.
  const outside = await addSite(runId, ['gateway'], cleanup);
  const started = await startGuest(namespaceHost(outside.gateway, 'qemu'), { id: 'lab', taps: false }, options, cleanup);
  // With real-time priority on the only CPU, a sampler that starts up beside the load's processes kept it for good.
  const kernel = started.guest.host('lab', false);
  await started.guest.booted(signal);
  await addNamespaces(Object.values(NAMES), kernel);
  const inside = (role: keyof typeof NAMES) => namespaceHost(NAMES[role], role, kernel);
  const site: Site = { names: NAMES, client: inside('client'), gateway: inside('gateway'), backend: inside('backend') };
  await tune(site, timeoutSysctls(gateway.conntrack.timeouts), family);
  await connect(site, plansFor(gateway, family));
  throwIfAborted(signal);
  // Processes that boot meanwhile would take the CPU that all of this needs: where it is translated, minutes instead of seconds.
  const lab = await finishLab({ site, kernel }, started, options, cleanup);
  return { hosts: site, finish: async () => lab };
}
