import type { Endpoint, PortRange, Targets } from '../model/lab.ts';

/**
 * The lab's addresses, all within 198.18.0.0/15 (RFC 2544, benchmarking). Each virtual address is one service with one
 * endpoint address of its own, so one client address has 64 × 64,512 tuples on both sides of the translation.
 */
const SERVICES = 64;

export const FRONT = { gateway: '198.18.0.1', client: '198.18.0.2', prefix: 24 } as const;
export const BACK = { gateway: '198.19.0.1', backend: '198.19.0.2', prefix: 24 } as const;
/** Endpoint addresses; the backend answers on all of them. */
export const ENDPOINTS = '198.19.1.0/24';

const HTTP = { service: 80, endpoint: 8080 } as const;
const STALE = { service: 9, endpoint: 8009 } as const;
const HALF_OPEN = { service: 7, endpoint: 8007 } as const;
/** Enough: a half-open flow gives its port back at once, and 16 × 22,768 go by before a tuple returns. */
const HALF_OPEN_SERVICES = 16;

export const STALE_SERVICE_PORT = STALE.service;
export const STALE_ENDPOINT_PORT = STALE.endpoint;
export const HALF_OPEN_ENDPOINT_PORT = HALF_OPEN.endpoint;

export const EPHEMERAL_PORTS: PortRange = { first: 20_000, last: 65_535 };
const STALE_PORTS: PortRange = { first: 1_024, last: 19_999 };

/** One service port of the gateway and the endpoint behind it. */
export interface Service {
  /** `vip-1:http`. */
  readonly name: string;
  readonly virtual: Endpoint;
  readonly endpoint: Endpoint;
}

function services(port: { service: number; endpoint: number }, portName: string, many = SERVICES): Service[] {
  return Array.from({ length: many }, (_, i) => ({
    name: `vip-${i + 1}:${portName}`,
    virtual: { address: `198.18.1.${i + 1}`, port: port.service },
    endpoint: { address: `198.19.1.${i + 1}`, port: port.endpoint },
  }));
}

const HTTP_SERVICES = services(HTTP, 'http');
const STALE_SERVICES = services(STALE, 'stale');
const UNANSWERED = services(HALF_OPEN, 'half-open', HALF_OPEN_SERVICES);

/** Everything the gateway translates. */
export const ALL_SERVICES: readonly Service[] = [...HTTP_SERVICES, ...STALE_SERVICES, ...UNANSWERED];

export const TARGETS: Targets = {
  http: HTTP_SERVICES.map((service) => service.virtual),
  stale: STALE_SERVICES.map((service) => service.virtual),
  halfOpen: UNANSWERED.map((service) => service.virtual),
  ephemeralPorts: EPHEMERAL_PORTS,
  stalePorts: STALE_PORTS,
};

export const LISTEN = {
  http: HTTP_SERVICES.map((service) => service.endpoint),
  stale: STALE_SERVICES.map((service) => service.endpoint),
} as const;
