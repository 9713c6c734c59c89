import { execute } from '../platform/exec.ts';
import { PRIVATE_PLAN } from './addresses.ts';
import { writeSysctls } from './host/sysctls.ts';
import { tuning } from './host/tuning.ts';
import type { Hosts } from './lab.ts';

/** Namespaces of the lab by role: the name for iproute2, the Host to run things on. */
export interface Site extends Hosts {
  readonly names: { readonly client: string; readonly gateway: string; readonly backend: string };
}

/** Sets the kernel settings of all three, see tuning.ts. */
export async function tune(site: Hosts, gatewayTimeouts: Readonly<Record<string, number>>): Promise<void> {
  const { client, gateway, backend } = tuning(gatewayTimeouts);
  await Promise.all([
    writeSysctls(site.client, client),
    writeSysctls(site.gateway, gateway),
    writeSysctls(site.backend, backend),
  ]);
}

const { front: FRONT, back: BACK, endpoints: ENDPOINTS } = PRIVATE_PLAN;
const PREFIX = 24; // virtual and endpoint addresses lie outside it, behind routes

/** Connects the three by veth pairs made inside the gateway, so that none is ever visible on the machine, and adds the routes. */
export async function connect(site: Site): Promise<void> {
  const { names } = site;
  await batch(names.gateway, [
    `link add front type veth peer name front netns ${names.client}`,
    `link add back type veth peer name back netns ${names.backend}`,
    ...GATEWAY_LINKS,
  ]);
  await connectEnds(names);
}

/** Addresses and routes of the gateway, whose links are there. */
export const GATEWAY_LINKS = [
  `address add ${FRONT.gateway}/${PREFIX} dev front`,
  `address add ${BACK.gateway}/${PREFIX} dev back`,
  'link set lo up',
  'link set front up',
  'link set back up',
  `route add ${ENDPOINTS} via ${BACK.backend}`,
];

/** Addresses and routes of client and backend, whose links are there. */
export async function connectEnds(names: { readonly client: string; readonly backend: string }): Promise<void> {
  await Promise.all([
    batch(names.client, [
      `address add ${FRONT.client}/${PREFIX} dev front`,
      'link set lo up',
      'link set front up',
      `route add default via ${FRONT.gateway}`,
    ]),
    batch(names.backend, [
      `address add ${BACK.backend}/${PREFIX} dev back`,
      'link set lo up',
      'link set back up',
      `route add local ${ENDPOINTS} dev lo`, // AnyIP: every endpoint address is this host's
      `route add default via ${BACK.gateway}`,
    ]),
  ]);
}

/** Runs commands of iproute2 in a namespace. */
export async function batch(namespace: string, commands: readonly string[]): Promise<void> {
  await execute(['ip', '-netns', namespace, '-batch', '-'], { input: commands.join('\n') });
}
