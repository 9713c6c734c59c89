import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AgentLoop } from '../../src/load/agent/agent-loop.ts';
import { BackendServer } from '../../src/load/servers/backend-server.ts';
import type { Flood } from '../../src/model/input/scenario.ts';
import { addAttempts, noAttempts } from '../../src/model/timeline/attempt.ts';
import { monotonic } from '../../src/platform/clock.ts';

const USAGE = `profile.js [--kind short] [--protocol http] [--client direct] [--close fin] [--rate 9000] [--seconds 4]
What a flood of one agent costs, on loopback, without gateway: CPU time a connection, kernel included. Made to be run under
node --cpu-prof, strace -f -c or perf record.`;

Error.stackTraceLimit = 1; // as in processes/agent.ts

const HTTP = { address: '127.0.0.1', port: 18_080 };
const SERVE = 'serve';
const LISTENING = 'listening';
const WARM_SECONDS = 1; // the just-in-time compiler's

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kind: { type: 'string', default: 'short' },
      protocol: { type: 'string', default: 'http' },
      client: { type: 'string', default: 'direct' },
      close: { type: 'string', default: 'fin' },
      rate: { type: 'string', default: '9000' },
      seconds: { type: 'string', default: '4' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const { rate, seconds, help: _, ...keys } = values;
  const backend = fork(fileURLToPath(import.meta.url), [SERVE], { execArgv: [] });
  const [ready] = await Promise.race([once(backend, 'message'), once(backend, 'exit')]);
  if (ready !== LISTENING) throw new Error('the backend did not start');
  const flood = (durationSeconds: number) =>
    ({
      ...keys,
      name: 'flood',
      startTimeSeconds: 0,
      arrival: 'uniform',
      connectTimeoutSeconds: 5,
      responseTimeoutSeconds: 5,
      shape: { executor: 'constant-arrival-rate', rate: Number(rate), durationSeconds },
    }) as Flood;
  await run(flood(WARM_SECONDS), 0);
  const before = process.cpuUsage();
  const counts = await run(flood(Number(seconds)), Number(rate) * WARM_SECONDS);
  const { user, system } = process.cpuUsage(before);
  const each = (microseconds: number) => (microseconds / counts.attempted).toFixed(1);
  process.stdout.write(
    `${counts.attempted} attempts, ${counts.succeeded} succeeded, ${counts.notStarted} not started: ` +
      `${each(user + system)} µs each (${each(user)} user, ${each(system)} system)\n`,
  );
  backend.disconnect();
}

/** `used`: pairs of port and destination that an earlier run has used. */
async function run(flood: Flood, used: number) {
  const none = { addresses: [], ports: { first: 1, last: 0 } };
  const targets = {
    http: [HTTP],
    stale: [HTTP],
    halfOpen: [],
    udp: { answered: none, unanswered: none },
    ephemeralPorts: { first: 32_768, last: 60_999 },
    stalePorts: { first: 2000 + (used % 10_000), last: 32_000 },
  };
  const counts = noAttempts();
  await new Promise<void>((resolve) => {
    const assignment = { floods: [flood], targets, synSchedule: [0, 1], seed: 0, agent: 0, agents: 1 };
    const loop = new AgentLoop(assignment, (message) => {
      if (message.type === 'tick')
        for (const { flood: _, bucket: __, firstBadAt: ___, ...load } of message.loads) addAttempts(counts, load);
      if (message.type !== 'done') return;
      loop.end();
      resolve();
    });
    loop.start(monotonic());
  });
  return counts;
}

/** The other end, in a process of its own. */
async function serve(): Promise<void> {
  await new BackendServer().listen([HTTP], []);
  process.send?.(LISTENING);
  process.on('disconnect', () => process.exit());
}

await (process.argv[2] === SERVE ? serve() : main());
