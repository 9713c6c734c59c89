import type { Targets } from '../../model/input/lab.ts';
import type { Flood } from '../../model/input/scenario.ts';
import { monotonic } from '../../platform/clock.ts';
import { BackendServer } from '../servers/backend-server.ts';
import type { Protocol } from '../sizing/process-plan.ts';
import { AgentLoop } from './agent-loop.ts';

const common = { startTimeSeconds: 0, arrival: 'uniform', connectTimeoutSeconds: 1 } as const;
const NO_DATAGRAMS = { addresses: [], ports: { first: 1, last: 0 } };
const once = { requestsPerConnection: 1, lifetimeSeconds: 0 } as const;
const short = { ...common, ...once, kind: 'short', close: 'rst', client: 'direct', responseTimeoutSeconds: 1 } as const; // RST leaves no TIME_WAIT behind

/** Enough connections of each that the cost of another one no longer falls. */
const FLOODS: Readonly<Record<Protocol, Flood>> = {
  http: { ...short, name: 'http', protocol: 'http', shape: { executor: 'burst', connections: 100 } },
  undici: { ...short, name: 'undici', protocol: 'http', client: 'undici', shape: { executor: 'burst', connections: 150 } },
  tcp: { ...short, name: 'tcp', protocol: 'tcp', shape: { executor: 'burst', connections: 50 } },
  websocket: {
    ...common,
    name: 'websocket',
    kind: 'long',
    protocol: 'websocket',
    shape: { executor: 'burst', connections: 32 },
    heartbeatSeconds: 1,
  },
};

/**
 * Runs a small load of `protocols` from this process to itself, over loopback, before the process is ready: otherwise the first
 * second of a flood measures the just-in-time compiler (the first 50 requests take 0.65 ms of CPU each, both ends
 * together, and 0.35 ms after 100).
 * Nothing passes through the gateway and nothing is counted. Errors are ignored: the process then starts cold.
 */
export async function warmUp(protocols: readonly string[]): Promise<void> {
  const floods = Object.entries(FLOODS).flatMap(([protocol, flood]) => (protocols.includes(protocol) ? [flood] : []));
  if (floods.length === 0) return;
  const server = new BackendServer();
  try {
    const http = await server.listen([{ address: '127.0.0.1', port: 0 }], []);
    await runOnce(floods, {
      http,
      stale: [],
      halfOpen: [],
      udp: { answered: NO_DATAGRAMS, unanswered: NO_DATAGRAMS },
      ephemeralPorts: { first: 1, last: 65_535 },
      stalePorts: { first: 1, last: 1 },
    });
  } catch {
    // no loopback here: the process starts cold
  } finally {
    server.close();
  }
}

async function runOnce(floods: readonly Flood[], targets: Targets): Promise<void> {
  const assignment = { floods, targets, synSchedule: [0], seed: 0, agent: 0, agents: 1 };
  await new Promise<void>((resolve) => {
    const loop = new AgentLoop(assignment, (message) => {
      if (message.type !== 'done') return;
      loop.end();
      resolve();
    });
    loop.start(monotonic());
  });
}
