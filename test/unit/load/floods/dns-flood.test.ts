import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { AgentLoop } from '../../../../src/load/agent/agent-loop.ts';
import { answerQuery } from '../../../../src/load/servers/udp-server.ts';
import type { Targets } from '../../../../src/model/input/lab.ts';
import type { DnsFlood } from '../../../../src/model/input/scenario.ts';
import { addAttempts, noAttempts } from '../../../../src/model/timeline/attempt.ts';
import { monotonic } from '../../../../src/platform/clock.ts';

const FLOOD: DnsFlood = {
  kind: 'dns',
  name: 'lookups',
  startTimeSeconds: 0.2,
  arrival: 'uniform',
  shape: { executor: 'constant-arrival-rate', rate: 50, durationSeconds: 0.4 },
  responseTimeoutSeconds: 2,
};
const NONE = { addresses: [], ports: { first: 1, last: 0 } };

/** Runs the flood with so many agents in this process; the server answers where `answers` says so. */
async function run(agents: number, answers: (query: number) => boolean, floods: readonly DnsFlood[] = [FLOOD]) {
  const seen: number[] = [];
  const socket = createSocket('udp4', (bytes, { port, address }) => {
    seen.push(port);
    const answer = answers(seen.length) ? answerQuery(bytes) : undefined;
    if (answer !== undefined) socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const targets: Targets = {
    http: [],
    stale: [],
    halfOpen: [],
    udp: { answered: NONE, unanswered: NONE },
    dns: [{ address: '127.0.0.1', port: socket.address().port }],
    ephemeralPorts: { first: 32_768, last: 60_999 },
    stalePorts: { first: 21_000, last: 23_999 },
  };
  const counts = noAttempts();
  const epoch = monotonic() + 0.05;
  const all = Array.from({ length: agents }, (_, agent) => {
    return new Promise<void>((resolve) => {
      const loop = new AgentLoop({ floods, targets, synSchedule: [0], seed: 1, agent, agents }, (message) => {
        if (message.type === 'tick') {
          for (const { flood: _flood, bucket: _bucket, firstBadAt: _at, ...more } of message.loads) addAttempts(counts, more);
        } else {
          loop.end();
          resolve();
        }
      });
      loop.start(epoch);
    });
  });
  await Promise.all(all);
  return { counts, seen };
}

it.each([1, 2, 3])('%d agents: each lookup is two queries from one port, and counts once', async (agents) => {
  const { counts, seen } = await run(agents, () => true);
  expect(counts).toMatchObject({ attempted: 20, succeeded: 20 });
  expect(seen).toHaveLength(40);
  expect(new Set(seen).size).toBe(20);
});

it('a lookup without one of its answers fails', async () => {
  const { counts } = await run(1, (query) => query !== 5);
  expect(counts).toMatchObject({ attempted: 20, succeeded: 19, failed: { 'response-timeout': 1 } });
});

it('two floods have ports of their own', async () => {
  const { counts, seen } = await run(2, () => true, [FLOOD, { ...FLOOD, name: 'others' }]);
  expect(counts).toMatchObject({ attempted: 40, succeeded: 40 });
  expect(new Set(seen).size).toBe(40);
});
