import { terminates } from '../../model/input/dataplanes.ts';
import type { Cleanup } from '../../platform/cleanup.ts';
import { until } from '../../platform/clock.ts';
import { CtloadError, throwIfAborted } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { LISTEN, PRIVATE_PLAN, TARGETS } from '../addresses.ts';
import { buildLab, type RaisedHosts, undoBuild } from '../build.ts';
import { readOwnLimits, setOwnLimits } from '../capacity/own-kernel.ts';
import { installDataplane } from '../dataplane/dataplane.ts';
import { suppressTeardown } from '../dataplane/end-rules.ts';
import { proxyRoutes } from '../dataplane/proxy.ts';
import { machineFacts } from '../host/machine-facts.ts';
import { namespaceHost, silenceNamespaces } from '../host/namespaces.ts';
import { describeKernel, timeoutSysctls } from '../host/node-settings.ts';
import type { Hosts, Lab, LabInProgress, LabOptions } from '../lab.ts';
import { isRootless } from '../netns/rootless.ts';
import { addSite, clearAway, register } from '../netns/site.ts';
import { batch, connectEnds, GATEWAY_LINKS, tune } from '../wiring.ts';
import { chooseAccelerator } from './accelerator.ts';
import { Guest } from './guest.ts';
import { guestImage } from './image.ts';
import { type Accelerator, LINKS, qemuCommand } from './qemu.ts';
import { requireVmSupport } from './status.ts';

/** Packets that a tap keeps for a guest that is busy: what is lost there would look like the gateway's loss. */
const QUEUE = 20_000;
const NAMES = Object.keys(LINKS);
/** Seconds. QEMU makes its taps before the guest boots. */
const TAPS = 20;

interface Started {
  readonly guest: Guest;
  readonly accelerator: Accelerator;
}

type Ends = { readonly client: string; readonly backend: string };

/**
 * Builds a lab whose gateway is a virtual machine with a kernel of its own, hence limits of its own; client and backend are
 * network namespaces, joined to it by taps. Needs what namespaces need, and /dev/net/tun.
 * @throws {CtloadError} as createNetnsLab; exit 112 too when the guest does not boot.
 */
export async function createVmLab(options: LabOptions): Promise<LabInProgress> {
  requireVmSupport();
  return buildLab(options, (cleanup) => raise(options, cleanup));
}

async function raise(options: LabOptions, cleanup: Cleanup): Promise<RaisedHosts> {
  const { runId, gateway, vm, log, signal } = options;
  if (vm === undefined) throw new Error('a lab with driver vm without its settings');
  register(runId, cleanup);
  await clearAway(log);
  const names: Ends = await addSite(runId, ['client', 'backend'], cleanup);
  const client = namespaceHost(names.client, 'client');
  const backend = namespaceHost(names.backend, 'backend');
  const [image, accelerator] = await Promise.all([guestImage(vm, log), chooseAccelerator(vm, log)]);
  throwIfAborted(signal);
  const guest = new Guest(client.spawn(qemuCommand({ ...vm, image, accelerator })));
  cleanup.defer('guest', () => guest[Symbol.asyncDispose]());
  const site: Hosts = { client, gateway: guest.host('gateway'), backend };
  return {
    hosts: site,
    finish: async () => {
      await connectTaps(names, guest);
      await guest.booted(signal);
      await tune(site, timeoutSysctls(gateway.conntrack.timeouts));
      await connectEnds(names);
      await nameLinks(site.gateway);
      await execute(['ip', '-batch', '-'], { host: site.gateway, input: GATEWAY_LINKS.join('\n') });
      throwIfAborted(signal);
      return finish(site, names, { guest, accelerator }, options, cleanup);
    },
  };
}

async function finish(
  site: Hosts,
  names: Ends,
  { guest, accelerator }: Started,
  options: LabOptions,
  cleanup: Cleanup,
): Promise<Lab> {
  const { gateway, udp, signal } = options;
  await Promise.all([installDataplane(site, gateway, PRIVATE_PLAN, udp), suppressTeardown(site)]);
  throwIfAborted(signal);
  const facts = await machineFacts(site.gateway, `QEMU, ${accelerator.toUpperCase()}`);
  const { max: defaultMax, buckets: defaultBuckets } = await readOwnLimits(site.gateway);
  const capacity = await setOwnLimits(site.gateway, gateway.conntrack, signal);
  const netns = await execute(['stat', '-L', '-c', '%i', '/proc/self/ns/net'], { host: site.gateway });
  return {
    driver: 'vm',
    rootless: isRootless(),
    ...site,
    gatewayPid: guest.pid,
    machines: { gateway: { ...facts, defaultMax, defaultBuckets } },
    targets: TARGETS,
    listen: LISTEN,
    proxyRoutes: terminates(gateway.dataplane) ? proxyRoutes(PRIVATE_PLAN) : [],
    capacity,
    gatewayNetns: Number(netns),
    ...(await describeKernel(site)),
    capacityLost: guest.lost,
    clock: guest.clock,
    cut: async () => {
      await guest[Symbol.asyncDispose]();
      await silenceNamespaces(Object.values(names));
    },
    [Symbol.asyncDispose]: () => undoBuild(cleanup),
  };
}

/** QEMU makes both taps in the client's namespace, where it was started; it keeps the one that is moved. */
async function connectTaps(names: Ends, guest: Guest): Promise<void> {
  const there = async () => {
    const links = await execute(['ip', '-netns', names.client, '-brief', 'link', 'show']).catch(() => '');
    return NAMES.every((name) => new RegExp(`^${name}\\b`, 'm').test(links));
  };
  const lost = guest.lost.then((why) => {
    throw new CtloadError(`QEMU did not start: ${why}`, {
      hint: 'the vm driver needs /dev/net/tun (modprobe tun) and the right to use it; see ctload doctor',
      exitCode: ExitCode.hostUnfit,
    });
  });
  lost.catch(() => {}); // once there are taps, others wait for it
  if (!(await Promise.race([until(there, TAPS), lost]))) {
    throw new CtloadError('QEMU did not make its network interfaces', { hint: 'modprobe tun', exitCode: ExitCode.hostUnfit });
  }
  await batch(names.client, [
    ...NAMES.map((name) => `link set ${name} txqueuelen ${QUEUE}`),
    `link set back netns ${names.backend}`,
  ]);
}

/** The guest's kernel numbers its interfaces in the order in which they are there, with several CPUs in any. */
async function nameLinks(gateway: Host): Promise<void> {
  const cases = Object.entries(LINKS).map(([name, address]) => `${address}) ip link set "\${link##*/}" name ${name} || exit 1;;`);
  const script = `for link in /sys/class/net/*; do case $(cat "$link/address") in ${cases.join(' ')} esac; done`;
  await execute(['sh', '-c', script], { host: gateway });
}
