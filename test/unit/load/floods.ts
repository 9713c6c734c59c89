import type { LongFlood, ShortFlood, StaleFlood } from '../../../src/model/scenario.ts';

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
  };
}

export function longFlood(shape: LongFlood['shape']): LongFlood {
  return { ...common, name: 'sockets', kind: 'long', protocol: 'websocket', shape, heartbeatSeconds: 1 };
}

export function staleFlood(shape: StaleFlood['shape']): StaleFlood {
  return { ...common, name: 'leaked', kind: 'stale', shape };
}
