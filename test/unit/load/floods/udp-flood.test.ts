import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { AgentLoop } from '../../../../src/load/agent/agent-loop.ts';
import type { AgentMessage } from '../../../../src/load/protocol/messages.ts';
import { answerDatagrams } from '../../../../src/load/servers/udp-server.ts';
import type { Targets } from '../../../../src/model/input/lab.ts';
import type { UdpFlood } from '../../../../src/model/input/scenario.ts';
import { addAttempts, noAttempts } from '../../../../src/model/timeline/attempt.ts';
import { monotonic } from '../../../../src/platform/clock.ts';
import { udpFlood } from './floods.ts';

const BURST = { executor: 'burst', connections: 40 } as const;

/** A UDP server on loopback; its port, and the source ports it has seen. */
async function server(answer: (bytes: Buffer, reply: () => void) => void) {
  const seen = new Set<string>();
  const socket = createSocket('udp4', (bytes, { port, address }) => {
    seen.add(`${port}`);
    answer(bytes, () => socket.send(bytes, port, address));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return { port: socket.address().port, seen };
}

/** Runs `flood` to its end against one port of loopback: every flow needs a source port of its own. */
async function run(flood: UdpFlood, port: number) {
  const udp = { addresses: ['127.0.0.1'], ports: { first: port, last: port } };
  const targets: Targets = {
    http: [],
    stale: [],
    halfOpen: [],
    udp: { answered: udp, unanswered: udp },
    ephemeralPorts: { first: 32_768, last: 60_999 },
    stalePorts: { first: 1, last: 0 },
  };
  const counts = noAttempts();
  const phases = new Set<string>();
  await new Promise<void>((resolve) => {
    const loop = new AgentLoop(
      { floods: [flood], targets, synSchedule: [0], seed: 1, agent: 0, agents: 1 },
      (message: AgentMessage) => {
        if (message.type === 'tick') {
          for (const { flood: _, bucket: __, firstBadAt: ___, ...more } of message.loads) addAttempts(counts, more);
          for (const { phase } of message.slices) phases.add(phase);
        } else if (message.type === 'done') {
          loop.end();
          resolve();
        }
      },
    );
    loop.start(monotonic());
  });
  return { counts, phases };
}

it('succeeds when an answer comes, and fails when none has come in time', async () => {
  let n = 0;
  const { port, seen } = await server((_, reply) => {
    if (++n % 4 !== 0) reply();
  });
  const { counts, phases } = await run(udpFlood(BURST, true), port);
  expect(seen.size).toBe(40);
  expect(counts).toMatchObject({ attempted: 40, succeeded: 30, failed: { 'response-timeout': 10 }, connected: 0, abandoned: 0 });
  expect([...phases].sort()).toEqual(['duration', 'duration_uncorrected', 'schedule_lag', 'waiting']);
});

it('takes an answer to another question for none of its own', async () => {
  const { port } = await server((bytes, reply) => {
    bytes.writeUIntBE(1_000_000, 0, 6);
    reply();
  });
  const { counts } = await run(udpFlood(BURST, true), port);
  expect(counts).toMatchObject({ attempted: 40, succeeded: 0, failed: { 'response-timeout': 40 } });
});

it('without reply succeeds when the datagram is out, whoever gets it', async () => {
  const { port, seen } = await server(() => {});
  const { counts, phases } = await run(udpFlood(BURST, false), port);
  expect(counts).toMatchObject({ attempted: 40, succeeded: 40, failed: {} });
  expect([...phases]).toEqual(['schedule_lag']);
  await expect.poll(() => seen.size).toBe(40);
});

it.each([0, 0.05])('the backend sends every datagram back, after %f s', async (delay) => {
  const asking = createSocket('udp4');
  onTestFinished(() => void asking.close());
  const free = createSocket('udp4').bind(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address();
  free.close();
  await once(free, 'close');
  answerDatagrams([{ address: '127.0.0.1', port }], delay);
  const begun = monotonic();
  asking.send('question', port, '127.0.0.1');
  const [answer] = await once(asking, 'message');
  expect(String(answer)).toBe('question');
  expect(monotonic() - begun).toBeGreaterThanOrEqual(delay);
});

it('keeps as many flows going as its level says, each with a datagram every heartbeat', async () => {
  const { port, seen } = await server((_, reply) => reply());
  const shape = { executor: 'constant-connections', connections: 30, durationSeconds: 1 } as const;
  const { counts } = await run({ ...udpFlood(shape, true), heartbeatSeconds: 0.25 }, port);
  expect(counts).toMatchObject({ attempted: 120, succeeded: 120 });
  expect(seen.size).toBe(30);
});

it('makes flows as its level rises, and leaves the last ones alone as it falls', async () => {
  const { port, seen } = await server((_, reply) => reply());
  const stages = [
    { durationSeconds: 0.5, target: 20 },
    { durationSeconds: 0.5, target: 20 },
    { durationSeconds: 0.5, target: 0 },
  ];
  const shape = { executor: 'ramping-connections', startConnections: 0, stages } as const;
  const { counts } = await run({ ...udpFlood(shape, true), heartbeatSeconds: 0.1 }, port);
  expect(counts.succeeded).toBe(200);
  expect(seen.size).toBe(20);
});
