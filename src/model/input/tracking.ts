import { DATAPLANES, type Dataplane } from './dataplanes.ts';
import type { ProxySpec } from './proxy.ts';

/** How IPVS forwards. */
export interface IpvsSpec {
  /** Whether its connections are tracked, too (net.ipv4.vs.conntrack). */
  readonly conntrack: boolean;
  /** Whether NOTRACK takes them past conntrack before IPVS sees them. */
  readonly notrack: boolean;
}

/** A tunnel that starts at the client. */
export interface TunnelSpec {
  /** What its packets are wrapped in. */
  readonly kind: 'vxlan' | 'wireguard';
  /** Where it ends: at the backend, so that the gateway sees it from outside only, or at the gateway. */
  readonly ends: 'beyond' | 'gateway';
}

/** What a gateway forwards with; the settings are there with the dataplane that has them, and only with that. */
export interface Forwarding {
  /** How the gateway forwards packets. */
  readonly dataplane: Dataplane;
  /** With dataplane ipvs: how IPVS forwards. */
  readonly ipvs?: IpvsSpec;
  /** With dataplane tunnel: the tunnel. */
  readonly tunnel?: TunnelSpec;
  /** With dataplane proxy: what the proxy is; if absent, ctload's own. */
  readonly proxy?: ProxySpec;
  /** Entries of a connection, where they are not what the dataplane makes (own rules, zones of OVS, sidecars): for predictions only. */
  readonly entriesPerConnection?: number;
}

/** Conntrack entries of the gateway for one TCP connection or one flow of datagrams, by what decides how long they live. */
export interface Tracking {
  /** Entries of the connection or flow. */
  readonly flows: number;
  /**
   * Entries of the tunnel's packets that carry it: UDP that is never answered on its own ports. VXLAN takes a source port for each
   * flow (udp_flow_src_port), and another one for its other direction. The one entry of a WireGuard tunnel is not a flow's.
   */
  readonly outer: number;
}

/** What kube-proxy sets. */
export const IPVS_DEFAULTS: IpvsSpec = { conntrack: true, notrack: false };
export const TUNNEL_DEFAULTS: TunnelSpec = { kind: 'vxlan', ends: 'beyond' };

/** A dataplane with the settings that it has if nothing is said. */
export function standard(dataplane: Dataplane): Forwarding {
  return {
    dataplane,
    ...(dataplane === 'ipvs' ? { ipvs: IPVS_DEFAULTS } : {}),
    ...(dataplane === 'tunnel' ? { tunnel: TUNNEL_DEFAULTS } : {}),
  };
}

/**
 * Measured: 300 connections through a gateway of each kind (guest kernel 6.1, conntrack hooks on; VXLAN on 6.18 too). A proxy that
 * keeps its connections to the backend opens hardly any for requests; one that is held (a WebSocket) has its own.
 * @param held connections that stay open
 */
export function trackingOf({ dataplane, ipvs, tunnel, proxy, entriesPerConnection }: Forwarding, held = true): Tracking {
  if (entriesPerConnection !== undefined) return { flows: entriesPerConnection, outer: 0 };
  if (proxy?.keepAlive === true && !held) return { flows: 1, outer: 0 };
  if (ipvs !== undefined) return { flows: ipvs.conntrack ? 1 : 0, outer: 0 };
  if (tunnel !== undefined) return { flows: tunnel.ends === 'gateway' ? 1 : 0, outer: tunnel.kind === 'vxlan' ? 2 : 0 };
  return { flows: DATAPLANES[dataplane].entriesPerFlow, outer: 0 };
}

/** Conntrack entries of the gateway for one TCP connection or one flow of datagrams. */
export function entriesPerFlow(forwarding: Forwarding): number {
  const { flows, outer } = trackingOf(forwarding);
  return flows + outer;
}

/** `tunnel {kind: vxlan, ends: beyond}`: a dataplane, and the settings that decide what it tracks. */
export function forwardingText({ dataplane, ipvs, tunnel, entriesPerConnection }: Forwarding): string {
  const settings = [
    ...(ipvs === undefined || ipvs.conntrack ? [] : [ipvs.notrack ? 'conntrack: false, notrack: true' : 'conntrack: false']),
    ...(entriesPerConnection === undefined ? [] : [`entriesPerConnection: ${entriesPerConnection}`]),
    ...(tunnel === undefined ? [] : [`kind: ${tunnel.kind}, ends: ${tunnel.ends}`]),
  ];
  return settings.length === 0 ? dataplane : `${dataplane} {${settings.join()}}`;
}
