import type { Cleanup } from '../../platform/cleanup.ts';
import { until } from '../../platform/clock.ts';
import { CtloadError, throwIfAborted } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { RaisedHosts } from '../build.ts';
import { plansFor } from '../dataplane/dataplane.ts';
import { namespaceHost, silenceNamespaces } from '../host/namespaces.ts';
import { timeoutSysctls } from '../host/node-settings.ts';
import type { Hosts } from '../lab.ts';
import { addSite, clearAway, register } from '../netns/site.ts';
import { batch, connectEnds, gatewayLinks, tune } from '../wiring.ts';
import type { Guest } from './guest.ts';
import { finishLab, type GuestLabOptions, startGuest } from './guest-lab.ts';
import { LINKS } from './qemu.ts';

/** Packets that a tap keeps for a guest that is busy: what is lost there would look like the gateway's loss. */
const QUEUE = 20_000;
const NAMES = Object.keys(LINKS);
/** Seconds. QEMU makes its taps before the guest boots. */
const TAPS = 20;

/** The gateway is the guest; client and backend are namespaces of this machine. */
export async function raiseGateway(options: GuestLabOptions, cleanup: Cleanup): Promise<RaisedHosts> {
  const { runId, gateway, family, log, signal } = options;
  register(runId, cleanup);
  await clearAway(log);
  const names = await addSite(runId, ['client', 'backend'], cleanup);
  const client = namespaceHost(names.client, 'client');
  const started = await startGuest(client, { id: 'gateway', taps: true }, options, cleanup);
  const kernel = started.guest.host('gateway');
  const site: Hosts = { client, gateway: kernel, backend: namespaceHost(names.backend, 'backend') };
  return {
    hosts: site,
    finish: async () => {
      const plans = plansFor(gateway, family);
      await connectTaps(site, names.backend, started.guest);
      await started.guest.booted(signal);
      await tune(site, timeoutSysctls(gateway.conntrack.timeouts), family);
      await connectEnds(site, plans);
      await nameLinks(site.gateway);
      await batch(site.gateway, plans.flatMap(gatewayLinks));
      throwIfAborted(signal);
      return finishLab({ site, kernel, cut: () => silenceNamespaces(Object.values(names)) }, started, options, cleanup);
    },
  };
}

/** QEMU makes both taps in the client's namespace, where it was started; it keeps the one that is moved. */
async function connectTaps({ client }: Hosts, backend: string, guest: Guest): Promise<void> {
  const there = async () => {
    const links = await execute(['ip', '-brief', 'link', 'show'], { host: client }).catch(() => '');
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
  await batch(client, [...NAMES.map((name) => `link set ${name} txqueuelen ${QUEUE}`), `link set back netns ${backend}`]);
}

/** The guest's kernel numbers its interfaces in the order in which they are there, with several CPUs in any. */
async function nameLinks(gateway: Host): Promise<void> {
  const cases = Object.entries(LINKS).map(([name, address]) => `${address}) ip link set "\${link##*/}" name ${name} || exit 1;;`);
  const script = `for link in /sys/class/net/*; do case $(cat "$link/address") in ${cases.join(' ')} esac; done`;
  await execute(['sh', '-c', script], { host: gateway });
}
