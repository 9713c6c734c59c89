import { announcedMaxima } from '../../model/input/actions.ts';
import { terminates } from '../../model/input/dataplanes.ts';
import { proxyProgramOf } from '../../model/input/proxy.ts';
import type { VmSpec } from '../../model/input/vm.ts';
import type { Cleanup } from '../../platform/cleanup.ts';
import { throwIfAborted } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { together } from '../addresses.ts';
import { undoBuild } from '../build.ts';
import { readOwnLimits, setOwnLimits, setOwnMax } from '../capacity/own-kernel.ts';
import { installDataplane, plansFor } from '../dataplane/dataplane.ts';
import { suppressTeardown } from '../dataplane/end-rules.ts';
import { loseEndpoints } from '../dataplane/gone-endpoints.ts';
import { proxyRoutes } from '../dataplane/proxy.ts';
import { machineFacts } from '../host/machine-facts.ts';
import { describeKernel } from '../host/node-settings.ts';
import type { Hosts, Lab, LabOptions } from '../lab.ts';
import { isRootless } from '../netns/rootless.ts';
import { chooseAccelerator } from './accelerator.ts';
import { Guest } from './guest.ts';
import { guestImage } from './image.ts';
import { type Accelerator, qemuCommand } from './qemu.ts';

export interface GuestLabOptions extends LabOptions {
  readonly vm: VmSpec;
}

export interface StartedGuest {
  readonly guest: Guest;
  readonly accelerator: Accelerator;
}

/** Starts QEMU on `host`, which need not wait until the guest has booted. @param id name of the machine in records */
export async function startGuest(
  host: Host,
  { id, taps }: { readonly id: string; readonly taps: boolean },
  { gateway, vm, log, signal }: GuestLabOptions,
  cleanup: Cleanup,
): Promise<StartedGuest> {
  const [image, accelerator] = await Promise.all([
    guestImage(vm, log, proxyProgramOf(gateway.proxy)),
    chooseAccelerator(vm, log),
  ]);
  throwIfAborted(signal);
  const guest = new Guest(host.spawn(qemuCommand({ ...vm, image, accelerator, taps })), id);
  cleanup.defer('guest', () => guest[Symbol.asyncDispose]());
  return { guest, accelerator };
}

/**
 * The finished lab, once its hosts are connected.
 * @param kernel the guest's first network namespace
 * @param cut what disconnects hosts that are not in the guest
 */
export async function finishLab(
  { site, kernel, cut }: { readonly site: Hosts; readonly kernel: Host; readonly cut?: () => Promise<void> },
  { guest, accelerator }: StartedGuest,
  { gateway, family, udp, actions, signal }: GuestLabOptions,
  cleanup: Cleanup,
): Promise<Lab> {
  const plans = plansFor(gateway, family);
  const [program] = await Promise.all([
    installDataplane(site, gateway, plans, udp),
    suppressTeardown({ clients: [site.client], backend: site.backend }, { ownRules: gateway.rules !== undefined }),
  ]);
  throwIfAborted(signal);
  const facts = await machineFacts(kernel, `QEMU, ${accelerator.toUpperCase()}`);
  const { max: defaultMax, buckets: defaultBuckets } = await readOwnLimits(kernel);
  const capacity = await setOwnLimits(site.gateway, gateway.conntrack, signal, {
    machine: kernel,
    laterMaxima: announcedMaxima(actions),
    family,
  });
  const netns = await execute(['stat', '-L', '-c', '%i', '/proc/self/ns/net'], { host: site.gateway });
  return {
    driver: 'vm',
    rootless: isRootless(),
    ...site,
    gatewayPid: guest.pid,
    machines: { [guest.machine.id]: { ...facts, defaultMax, defaultBuckets } },
    ...together(plans),
    proxyRoutes: terminates(gateway.dataplane) ? plans.flatMap(proxyRoutes) : [],
    ...(program === undefined ? {} : { proxyProgram: program }),
    capacity,
    gatewayNetns: Number(netns),
    ...(await describeKernel(site)),
    setMax: (max) => setOwnMax(kernel, max),
    loseEndpoints: () => loseEndpoints(site.gateway, gateway.dataplane, plans, udp),
    capacityLost: guest.lost,
    clocks: [{ ...guest.clock, machine: guest.machine }],
    cut: async () => {
      await guest[Symbol.asyncDispose]();
      await cut?.();
    },
    [Symbol.asyncDispose]: () => undoBuild(cleanup),
  };
}
