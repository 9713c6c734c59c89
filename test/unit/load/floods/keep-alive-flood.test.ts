import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { RunningKeepAliveFlood } from '../../../../src/load/floods/keep-alive-flood.ts';
import { monotonic } from '../../../../src/platform/clock.ts';
import { shortFlood } from './floods.ts';

const CONNECTIONS = 4;

/** A burst of connections with three requests each, to a server that answers as `listener` does. */
async function run(listener: RequestListener, more: object = {}) {
  let connections = 0;
  const server = createServer(listener)
    .on('connection', () => connections++)
    .listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const epoch = monotonic();
  const clock = () => monotonic() - epoch;
  const http = [{ address: '127.0.0.1', port: (server.address() as AddressInfo).port }];
  const shape = { executor: 'burst', connections: CONNECTIONS } as const;
  const spec = { ...shortFlood(shape), requestsPerConnection: 3, lifetimeSeconds: 0.3, responseTimeoutSeconds: 0.5, ...more };
  const ports = { first: 1, last: 65_535 };
  const none = { addresses: [], ports };
  const targets = {
    http,
    stale: [],
    halfOpen: [],
    udp: { answered: none, unanswered: none },
    ephemeralPorts: ports,
    stalePorts: ports,
  };
  const context = { agent: 0, agents: 1, seed: 0, floods: [spec], targets, synSchedule: [0], clock, dueAt: clock };
  const flood = new RunningKeepAliveFlood(spec, 0, context);
  return { flood, clock, server, connections: () => connections };
}

async function toTheEnd({ flood, clock }: Awaited<ReturnType<typeof run>>) {
  while (flood.scheduled || flood.tally.open > 0 || flood.inFlight) {
    flood.tick(clock());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return sums(flood);
}

function sums(flood: RunningKeepAliveFlood) {
  const loads = flood.tally.takeLoads();
  const count = (key: 'attempted' | 'succeeded' | 'interrupted') => loads.reduce((sum, load) => sum + (load[key] ?? 0), 0);
  const failed = loads.flatMap((load) => Object.entries(load.failed ?? {}));
  const waits = flood.tally.takeSlices().filter(({ phase }) => phase === 'waiting');
  return { attempted: count('attempted'), succeeded: count('succeeded'), interrupted: count('interrupted'), failed, waits };
}

it('spreads its requests over the lifetime, and is one attempt a connection', async () => {
  let requests = 0;
  const started = await run((_, response) => {
    requests++;
    response.end('ok\n');
  });
  const begun = performance.now();
  expect(await toTheEnd(started)).toMatchObject({ attempted: CONNECTIONS, succeeded: CONNECTIONS, failed: [] });
  expect(performance.now() - begun).toBeGreaterThan(295);
  expect([requests, started.connections()]).toEqual([3 * CONNECTIONS, CONNECTIONS]);
});

it('fails with the first request that does', async () => {
  let requests = 0;
  const started = await run((_, response) => {
    response.statusCode = ++requests > CONNECTIONS ? 503 : 200;
    response.end('ok\n');
  });
  const { succeeded, failed } = await toTheEnd(started);
  expect(succeeded).toBe(0);
  expect(failed.reduce((sum, [, count]) => sum + count, 0)).toBe(CONNECTIONS);
  expect(new Set(failed.map(([cause]) => cause))).toEqual(new Set(['http-5xx']));
  expect(requests).toBe(2 * CONNECTIONS);
});

it('fails when a response does not come, or the server closes between two requests', async () => {
  const silent = await toTheEnd(await run(() => {}, { lifetimeSeconds: 0 }));
  expect(new Set(silent.failed.map(([cause]) => cause))).toEqual(new Set(['response-timeout']));
  const closing = await toTheEnd(await run((_, response) => response.setHeader('connection', 'close').end('ok\n')));
  expect(new Set(closing.failed.map(([cause]) => cause))).toEqual(new Set(['reset']));
});

it('counts connections between two requests as a success when the load ends, and as interrupted when it is broken off', async () => {
  for (const [end, expected] of [
    ['settle', { succeeded: CONNECTIONS, interrupted: 0 }],
    ['close', { succeeded: 0, interrupted: CONNECTIONS }],
  ] as const) {
    const { flood, clock } = await run((_, response) => response.end('ok\n'), { lifetimeSeconds: 60 });
    while (flood.scheduled || flood.inFlight) {
      flood.tick(clock());
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(flood.tally.open).toBe(CONNECTIONS);
    if (end === 'settle') flood.settle();
    else flood.close(clock());
    expect(sums(flood)).toMatchObject({ ...expected, failed: [] });
    expect(flood.tally.open).toBe(0);
  }
});
