import type { LongFlood, ShortFlood, StaleFlood, UdpFlood } from '../../../../src/model/input/scenario.ts';

const common = { startTimeSeconds: 0, arrival: 'uniform', connectTimeoutSeconds: 5 } as const;

export function shortFlood(shape: ShortFlood['shape']): ShortFlood {
  return {
    ...common,
    name: 'requests',
    kind: 'short',
    protocol: 'http',
    client: 'direct',
    shape,
    close: 'fin',
    responseTimeoutSeconds: 3,
    requestsPerConnection: 1,
    lifetimeSeconds: 0,
  };
}

export function longFlood(shape: LongFlood['shape']): LongFlood {
  return { ...common, name: 'sockets', kind: 'long', protocol: 'websocket', shape, heartbeatSeconds: 1 };
}

export function staleFlood(shape: StaleFlood['shape']): StaleFlood {
  return { ...common, name: 'leaked', kind: 'stale', shape };
}

export function udpFlood(shape: UdpFlood['shape'], reply: boolean): UdpFlood {
  const base = { startTimeSeconds: 0, arrival: 'uniform', name: 'lookups', kind: 'udp', shape, payloadSize: 64 } as const;
  return reply ? { ...base, reply, responseTimeoutSeconds: 0.3 } : { ...base, reply };
}
