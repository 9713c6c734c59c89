import type { AddressFamily } from '../model/input/address-family.ts';
import {
  DNS_ENDPOINTS,
  DNS_SERVICES,
  type Endpoint,
  HALF_OPEN_SERVICES,
  type PortRange,
  SERVICES,
  STALE_PORTS,
  type Targets,
} from '../model/input/lab.ts';

const HTTP = { service: 80, endpoint: 8080 } as const;
const STALE = { service: 9, endpoint: 8009 } as const;
const HALF_OPEN = { service: 7, endpoint: 8007 } as const;

/** Each port of a range is a service: one source port gives 64 × 31,744 flows. */
const ANSWERED = { ports: { first: 1_024, last: 32_767 }, endpoint: 8053 } as const;
const UNANSWERED = { ports: { first: 32_768, last: 65_535 }, endpoint: 8054 } as const;

/** Services of two endpoints each, as cluster DNS is one. */
const DNS = { service: 53, endpoint: 8056 } as const;

export const STALE_SERVICE_PORT = STALE.service;
export const STALE_ENDPOINT_PORT = STALE.endpoint;
export const HALF_OPEN_SERVICE_PORT = HALF_OPEN.service;
export const HALF_OPEN_ENDPOINT_PORT = HALF_OPEN.endpoint;
export const UNANSWERED_ENDPOINT_PORT = UNANSWERED.endpoint;
export const UNANSWERED_SERVICE_PORTS: PortRange = UNANSWERED.ports;

export const EPHEMERAL_PORTS: PortRange = { first: 20_000, last: 65_535 };

/** One service port of the gateway and the endpoint behind it. */
export interface Service {
  /** `vip-1:http`. */
  readonly name: string;
  readonly virtual: Endpoint;
  readonly endpoint: Endpoint;
  /** UDP, at every port from the virtual one to this; TCP, at that one port, when absent. */
  readonly udpUpTo?: number;
  /** A second endpoint: each flow gets one of the two at random. */
  readonly other?: Endpoint;
}

/** The addresses of one lab, all within 198.18.0.0/15 (RFC 2544, benchmarking) or 2001:2::/48 (RFC 5180, the same for IPv6). */
export interface AddressPlan {
  readonly family: AddressFamily;
  /** Network of client and gateway, virtual addresses included. */
  readonly front: { readonly subnet: string; readonly gateway: string; readonly client: string; readonly spare: string };
  /** Network of gateway and backend, endpoint addresses included. */
  readonly back: { readonly subnet: string; readonly gateway: string; readonly backend: string; readonly spare: string };
  /** Virtual addresses, in one range. */
  readonly virtuals: string;
  /** Endpoint addresses, in one range; the backend answers on all of them. */
  readonly endpoints: string;
  /** TCP services that the gateway forwards to. */
  readonly services: readonly Service[];
  /** UDP services of the gateway, where the load needs them. */
  readonly udpServices: readonly Service[];
  readonly targets: Targets;
  readonly listen: ListenEndpoints;
}

/** Endpoints where the backend listens. */
export interface ListenEndpoints {
  readonly http: readonly Endpoint[];
  readonly stale: readonly Endpoint[];
  /** For datagrams that are answered. */
  readonly udp: readonly Endpoint[];
  /** For DNS queries; absent where there are none. */
  readonly dns?: readonly Endpoint[];
}

/** The two ends of a tunnel in a lab of its own namespaces; no plan has them. */
export const TUNNEL_ADDRESSES = {
  ipv4: { client: '198.18.254.1', end: '198.18.254.2', prefix: 30 },
  ipv6: { client: '2001:2:0:18fe::1', end: '2001:2:0:18fe::2', prefix: 64 },
} as const;

/** The endpoint that takes the place of one when it is gone: all of them follow the endpoints in their range. */
export function standbyOf({ address, port }: Endpoint): Endpoint {
  return { address: address.replace(/\d+$/, (last) => String(Number(last) + SERVICES)), port };
}

/** `listen`, and where the backend has to listen for endpoints that take the place of others. */
export function withStandby({ http, stale, udp, dns = [] }: ListenEndpoints): ListenEndpoints {
  const both = (endpoints: readonly Endpoint[]) => [...endpoints, ...endpoints.map(standbyOf)];
  return { http: both(http), stale: both(stale), udp: both(udp), dns: both(dns) };
}

/** Plans that fit below 198.19.128.0, where the tuples of ballast start. */
export const ADDRESS_PLANS = 64;

/** How a plan's addresses are written: those of one host, and ranges of one network or of two neighbours. */
interface Notation {
  address(side: 18 | 19, net: number, last: number): string;
  range(side: 18 | 19, net: number, networks: 1 | 2): string;
}

const NOTATION: Readonly<Record<AddressFamily, Notation>> = {
  ipv4: {
    address: (side, net, last) => `198.${side}.${net}.${last}`,
    range: (side, net, networks) => `198.${side}.${net}.0/${networks === 1 ? 24 : 23}`,
  },
  // The same digits, read as hexadecimal: 2001:2:0:1801::12 is 198.18.1.12.
  ipv6: {
    address: (side, net, last) => `2001:2:0:${side}${digits(net)}::${last}`,
    range: (side, net, networks) => `2001:2:0:${side}${digits(net)}::/${networks === 1 ? 64 : 63}`,
  },
};

function digits(net: number): string {
  return net.toString(16).padStart(2, '0');
}

/** Prefix length of the addresses of client, gateway and backend: virtual and endpoint addresses lie outside, behind routes. */
export const HOST_PREFIX: Readonly<Record<AddressFamily, number>> = { ipv4: 24, ipv6: 64 };

/**
 * Plan 0 for a lab in its own namespaces, another (below `ADDRESS_PLANS`) for one that shares a machine's addresses. Where the
 * gateway does not translate (`routed`), clients connect to the endpoints themselves, which are the service addresses then.
 */
export function addressPlan(number = 0, routed = false, family: AddressFamily = 'ipv4'): AddressPlan {
  const net = 2 * number;
  const { address, range } = NOTATION[family];
  const services = (port: { service: number; endpoint: number }, portName: string, many = SERVICES): Service[] =>
    Array.from({ length: many }, (_, i) => {
      const endpoint = { address: address(19, net + 1, i + 1), port: port.endpoint };
      const virtual = routed ? endpoint : { address: address(18, net + 1, i + 1), port: port.service };
      return { name: `vip-${i + 1}:${portName}`, virtual, endpoint };
    });
  const http = services(HTTP, 'http');
  const stale = services(STALE, 'stale');
  const halfOpen = services(HALF_OPEN, 'half-open', HALF_OPEN_SERVICES);
  const udp = ({ ports, endpoint }: typeof ANSWERED | typeof UNANSWERED, portName: string): Service[] =>
    services({ service: ports.first, endpoint }, portName).map((service) => ({ ...service, udpUpTo: ports.last }));
  const answered = udp(ANSWERED, 'dns');
  const unanswered = udp(UNANSWERED, 'syslog');
  const named = services(DNS, 'names', DNS_ENDPOINTS);
  const names = named.slice(0, routed ? 0 : DNS_SERVICES).map((service, i) => ({
    ...service,
    udpUpTo: service.virtual.port,
    endpoint: named[2 * i]?.endpoint ?? service.endpoint,
    other: named[2 * i + 1]?.endpoint ?? service.endpoint,
  }));
  return {
    family,
    front: {
      subnet: range(18, net, 2),
      gateway: address(18, net, 1),
      client: address(18, net, 2),
      spare: address(18, net + 1, 254),
    },
    back: {
      subnet: range(19, net, 2),
      gateway: address(19, net, 1),
      backend: address(19, net, 2),
      spare: address(19, net + 1, 254),
    },
    virtuals: range(18, net + 1, 1),
    endpoints: range(19, net + 1, 1),
    services: [...http, ...stale, ...halfOpen],
    udpServices: [...unanswered, ...answered, ...names], // unanswered datagrams have the highest rates
    targets: {
      http: http.map((service) => service.virtual),
      stale: stale.map((service) => service.virtual),
      halfOpen: halfOpen.map((service) => service.virtual),
      echo: http.map(({ endpoint }) => endpoint.address), // no Service forwards ICMP: health checks go to the endpoints
      udp: {
        answered: {
          addresses: answered.map(({ virtual }) => virtual.address),
          // The backend listens on one port of an address; its kernel counts datagrams to closed ports whatever their number.
          ports: routed ? { first: ANSWERED.endpoint, last: ANSWERED.endpoint } : ANSWERED.ports,
        },
        unanswered: { addresses: unanswered.map(({ virtual }) => virtual.address), ports: UNANSWERED.ports },
      },
      dns: names.map(({ virtual }) => virtual),
      ephemeralPorts: EPHEMERAL_PORTS,
      stalePorts: STALE_PORTS,
    },
    listen: {
      http: http.map((service) => service.endpoint),
      stale: stale.map((service) => service.endpoint),
      udp: answered.map((service) => service.endpoint),
      dns: names.flatMap(({ endpoint, other }) => [endpoint, other]),
    },
  };
}

/** Where clients connect to, and where the backend listens, in a lab with the addresses of several plans. */
export type LoadAddresses = Pick<AddressPlan, 'targets' | 'listen'>;

/** The addresses of `plans` as one: each plan's in turn, so that floods which take one after the other use all plans alike. */
export function together(plans: readonly AddressPlan[]): LoadAddresses {
  const [first = PRIVATE_PLAN, ...others] = plans;
  if (others.length === 0) return first;
  const each = (of: (plan: AddressPlan) => readonly Endpoint[]) => inTurn(plans.map(of));
  const udp = (key: keyof Targets['udp']) => ({
    addresses: inTurn(plans.map(({ targets }) => targets.udp[key].addresses)),
    ports: first.targets.udp[key].ports,
  });
  return {
    targets: {
      ...first.targets,
      http: each(({ targets }) => targets.http),
      stale: each(({ targets }) => targets.stale),
      halfOpen: each(({ targets }) => targets.halfOpen),
      echo: inTurn(plans.map(({ targets }) => targets.echo ?? [])),
      udp: { answered: udp('answered'), unanswered: udp('unanswered') },
      dns: each(({ targets }) => targets.dns ?? []),
    },
    listen: {
      http: each(({ listen }) => listen.http),
      stale: each(({ listen }) => listen.stale),
      udp: each(({ listen }) => listen.udp),
      dns: plans.flatMap(({ listen }) => listen.dns ?? []),
    },
  };
}

/** The first of each list, then the second of each; all are of one length. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  return (lists[0] ?? []).flatMap((_, i) => lists.map((list) => list[i] as T));
}

/** The plan of a lab in its own namespaces. */
export const PRIVATE_PLAN = addressPlan(0);
export const { services: ALL_SERVICES, targets: TARGETS, listen: LISTEN } = PRIVATE_PLAN;
