import type { z } from 'zod';
import { type AddressFamily, familiesIn, type LabFamily } from '../../model/input/address-family.ts';
import {
  DATAPLANE_NAMES,
  type Dataplane,
  type Masquerade,
  masquerades,
  terminates,
  translates,
} from '../../model/input/dataplanes.ts';
import type { FloodKind } from '../../model/input/flood-kind.ts';
import { FLOOD_TRAITS, kindsWith } from '../../model/input/flood-traits.ts';
import { type ProxySpec, proxyProgramOf } from '../../model/input/proxy.ts';
import type { IpvsSpec, TunnelSpec } from '../../model/input/tracking.ts';

/** Keys that are settings of the dataplane of the same name. */
export const OF_ONE = ['ipvs', 'tunnel', 'proxy'] as const satisfies readonly Dataplane[];

/** Dataplanes with rules that take an endpoint at random, as kube-proxy's do. */
const RANDOM_ENDPOINTS: ReadonlySet<Dataplane> = new Set(['iptables', 'nftables']);

interface File {
  readonly lab: { readonly family?: LabFamily | undefined };
  readonly gateway: {
    readonly dataplane: Dataplane;
    readonly masquerade?: Masquerade | undefined;
    readonly snatPorts?: number | undefined;
    readonly ipvs?: IpvsSpec | undefined;
    readonly tunnel?: TunnelSpec | undefined;
    readonly rules?: { readonly iptables?: unknown } | undefined;
    readonly proxy?: { readonly [Key in keyof ProxySpec]: ProxySpec[Key] | undefined } | undefined;
  };
  readonly floods: Readonly<
    Record<
      string,
      {
        readonly kind?: FloodKind | undefined;
        readonly protocol?: string | undefined;
        readonly sources?: string | undefined;
        readonly family?: AddressFamily | undefined;
      }
    >
  >;
}

/** Refuses what there is for IPv4 only. */
export function checkFamily({ lab: { family = 'ipv4' }, gateway, floods }: File, context: z.core.$RefinementCtx): void {
  const { proxy } = gateway;
  const report = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [name, { family: own }] of Object.entries(floods)) {
    if (own === undefined || familiesIn(family).includes(own)) continue;
    report(['floods', name, 'family'], `the lab has no ${own} addresses; use lab.family: dual, which has both, or ${own}`);
  }
  if (family === 'ipv4') return;
  const program = proxyProgramOf(proxy as ProxySpec | undefined);
  if (program !== undefined) {
    report(
      ['gateway', 'proxy', 'implementation'],
      `${program} is not available with lab.family ${family} yet; leave it out for ctload’s own proxy`,
    );
  }
  for (const [name, { sources, family: own }] of Object.entries(floods)) {
    if (sources === undefined || (family === 'dual' && own === 'ipv4')) continue;
    const instead = family === 'dual' ? 'give the flood family: ipv4' : 'use ipv4';
    report(['floods', name, 'sources'], `not available with lab.family ${family} yet; leave it out, or ${instead}`);
  }
  if (family === 'dual' && gateway.rules?.iptables !== undefined) {
    const message = 'iptables rules are of one family; with lab.family dual use nftables, whose tables may be of both (inet)';
    report(['gateway', 'rules', 'iptables'], message);
  }
}

/**
 * Refuses what a dataplane does not have: settings of another one, floods that a proxy does not pass on, masquerade where nothing is
 * translated or nothing is tracked.
 */
export function checkDataplane({ gateway, floods }: File, context: z.core.$RefinementCtx): void {
  const { dataplane, masquerade, snatPorts, ipvs, proxy } = gateway;
  const report = (key: string, message: string) => context.addIssue({ code: 'custom', path: ['gateway', key], message });
  for (const own of OF_ONE) {
    if (gateway[own] !== undefined && dataplane !== own) report(own, `only allowed with dataplane ${own}, not with ${dataplane}`);
  }
  if (masquerade !== undefined && !translates(dataplane)) {
    const allowed = DATAPLANE_NAMES.filter(translates).join(' or ');
    report('masquerade', `only allowed with dataplane ${allowed}; ${dataplane} translates no addresses`);
  }
  if (masquerade === 'outside' && ipvs?.conntrack === false) {
    report('masquerade', 'outside needs ipvs: {conntrack: true}; what is not tracked is not masqueraded');
  }
  if (snatPorts !== undefined && !(masquerades(dataplane, masquerade) && ipvs?.conntrack !== false)) {
    const masking = DATAPLANE_NAMES.filter((name) => masquerades(name)).join(', ');
    report('snatPorts', `needs a gateway that masquerades: dataplane ${masking}, without masquerade: never`);
  }
  if (dataplane === 'ipvs' || dataplane === 'tunnel') {
    for (const [name, { kind }] of Object.entries(floods)) {
      if (kind !== 'icmp') continue;
      const message = `icmp floods are not available with gateway.dataplane ${dataplane} yet; use iptables, nftables, forward or notrack`;
      context.addIssue({ code: 'custom', path: ['floods', name, 'kind'], message });
    }
  }
  for (const [name, { kind }] of Object.entries(floods)) {
    if (kind !== 'dns' || terminates(dataplane) || RANDOM_ENDPOINTS.has(dataplane)) continue;
    const message = `dns floods need a service with two endpoints, taken at random: dataplane ${[...RANDOM_ENDPOINTS].join(' or ')}`;
    context.addIssue({ code: 'custom', path: ['floods', name, 'kind'], message });
  }
  if (!terminates(dataplane)) return;
  const http = proxy?.config === undefined ? proxyProgramOf(proxy as ProxySpec | undefined) : undefined;
  for (const [name, { kind, protocol }] of Object.entries(floods)) {
    if (http !== undefined && protocol === 'tcp') {
      const message = `${http} is an HTTP proxy here and opens no connection to the backend without a request; leave protocol out, or use a gateway.proxy.config of your own that forwards TCP`;
      context.addIssue({ code: 'custom', path: ['floods', name, 'protocol'], message });
    }
    if (kind === undefined || FLOOD_TRAITS[kind].proxied) continue;
    const proxied = kindsWith((traits) => traits.proxied).join(' and ');
    const message = `${kind} floods do not pass through gateway.dataplane ${dataplane}; use ${proxied} floods`;
    context.addIssue({ code: 'custom', path: ['floods', name, 'kind'], message });
  }
}
