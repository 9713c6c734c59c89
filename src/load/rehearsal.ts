import type { Targets } from '../model/lab.ts';
import type { Flood } from '../model/scenario.ts';
import { monotonic } from '../platform/clock.ts';
import { AgentLoop } from './agent-loop.ts';
import { BackendServer } from './backend-server.ts';

const CONNECTIONS = 400; // until V8 has compiled the paths that matter

const common = { startTimeSeconds: 0, arrival: 'uniform', connectTimeoutSeconds: 1 } as const;
const NO_DATAGRAMS = { addresses: [], ports: { first: 1, last: 0 } };
const FLOODS: readonly Flood[] = [
  {
    ...common,
    name: 'short',
    kind: 'short',
    protocol: 'http',
    client: 'direct',
    shape: { executor: 'burst', connections: CONNECTIONS },
    close: 'rst', // leaves no TIME_WAIT behind
    responseTimeoutSeconds: 1,
  },
  {
    ...common,
    name: 'long',
    kind: 'long',
    protocol: 'websocket',
    shape: { executor: 'burst', connections: CONNECTIONS / 8 },
    heartbeatSeconds: 1,
  },
];

/**
 * Runs a small load from this process to itself, over loopback, before it says that it is ready: otherwise the first second
 * of a flood measures the just-in-time compiler (at 2,000 connections a second 74 ms of schedule lag at p99 instead of 9).
 * Nothing passes the gateway and nothing is counted. What goes wrong here does not matter: then the process starts cold.
 */
export async function rehearse(): Promise<void> {
  const server = new BackendServer();
  try {
    const http = await server.listen([{ address: '127.0.0.1', port: 0 }], []);
    await runOnce({
      http,
      stale: [],
      halfOpen: [],
      udp: { answered: NO_DATAGRAMS, unanswered: NO_DATAGRAMS },
      ephemeralPorts: { first: 1, last: 65_535 },
      stalePorts: { first: 1, last: 1 },
    });
  } catch {
    // no loopback here: cold, then
  } finally {
    server.close();
  }
}

async function runOnce(targets: Targets): Promise<void> {
  const assignment = { floods: FLOODS, targets, synSchedule: [0], seed: 0, agent: 0, agents: 1 };
  await new Promise<void>((resolve) => {
    const loop = new AgentLoop(assignment, (message) => {
      if (message.type !== 'done') return;
      loop.end();
      resolve();
    });
    loop.start(monotonic());
  });
}
