import type { LabFamily } from '../model/input/address-family.ts';
import { SOURCE_POOL } from '../model/input/sources.ts';
import { execute, type Host } from '../platform/exec.ts';
import { type AddressPlan, HOST_PREFIX } from './addresses.ts';
import { writeSysctls } from './host/sysctls.ts';
import { tuning } from './host/tuning.ts';
import type { Hosts } from './lab.ts';

/** Namespaces of the lab by role: the name for iproute2, the Host to run things on. */
export interface Site extends Hosts {
  readonly names: { readonly client: string; readonly gateway: string; readonly backend: string };
}

/** Sets the kernel settings of all three, see tuning.ts. */
export async function tune(
  site: Hosts,
  gatewayTimeouts: Readonly<Record<string, number>>,
  family: LabFamily = 'ipv4',
): Promise<void> {
  const { client, gateway, backend } = tuning(gatewayTimeouts, family);
  await Promise.all([
    writeSysctls(site.client, client),
    writeSysctls(site.gateway, gateway),
    writeSysctls(site.backend, backend),
  ]);
}

/** Connects the three by veth pairs made inside the gateway, so that none is ever visible on the machine, and adds the addresses and routes of all plans. */
export async function connect(site: Site, plans: readonly AddressPlan[]): Promise<void> {
  const { names } = site;
  await batch(site.gateway, [
    `link add front type veth peer name front netns ${names.client}`,
    `link add back type veth peer name back netns ${names.backend}`,
    ...plans.flatMap(gatewayLinks),
  ]);
  await connectEnds(site, plans);
}

/** Addresses and routes of the gateway, whose links are there. */
export function gatewayLinks({ family, front, back, endpoints }: AddressPlan): string[] {
  return [
    `address add ${front.gateway}/${HOST_PREFIX[family]} dev front`,
    `address add ${back.gateway}/${HOST_PREFIX[family]} dev back`,
    'link set lo up',
    'link set front up',
    'link set back up',
    `route add ${endpoints} via ${back.backend}`,
    ...(family === 'ipv4' ? [`route add ${SOURCE_POOL} via ${front.client}`] : []),
  ];
}

/** Addresses and routes of client and backend, whose links are there. */
export async function connectEnds(
  { client, backend }: Pick<Hosts, 'client' | 'backend'>,
  plans: readonly AddressPlan[],
): Promise<void> {
  await Promise.all([
    batch(client, [
      ...plans.map(({ family, front }) => `address add ${front.client}/${HOST_PREFIX[family]} dev front`),
      'link set lo up',
      'link set front up',
      ...(plans.some(({ family }) => family === 'ipv4') ? [`route add local ${SOURCE_POOL} dev lo`] : []), // AnyIP, as on the backend
      ...plans.map(({ front }) => `route add default via ${front.gateway}`),
    ]),
    batch(backend, [
      ...plans.map(({ family, back }) => `address add ${back.backend}/${HOST_PREFIX[family]} dev back`),
      'link set lo up',
      'link set back up',
      ...plans.map(({ endpoints }) => `route add local ${endpoints} dev lo`), // AnyIP: every endpoint address is this host's
      ...plans.map(({ back }) => `route add default via ${back.gateway}`),
    ]),
  ]);
}

/** Runs commands of iproute2. */
export async function batch(host: Host, commands: readonly string[]): Promise<void> {
  await execute(['ip', '-batch', '-'], { host, input: commands.join('\n') });
}
