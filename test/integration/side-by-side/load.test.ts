import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackendPool, launchBackends, startBackend } from '../../../src/load/fleet/backend-pool.ts';
import { type FleetOptions, launchAgents, startFleet } from '../../../src/load/fleet/fleet.ts';
import type { Endpoint } from '../../../src/model/input/lab.ts';
import type { Flood } from '../../../src/model/input/scenario.ts';
import { synSchedule } from '../../../src/model/node/syn.ts';
import { type AttemptCounts, addAttempts, noAttempts, totalFailed } from '../../../src/model/timeline/attempt.ts';
import { monotonic, until } from '../../../src/platform/clock.ts';
import { type Host, localHost } from '../../../src/platform/exec.ts';
import { unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

/** Namespaces of this test only; the product's own lab is tested elsewhere. */
const PREFIX = `ldt${process.pid}`;
const VIPS = 4;
const STALE_PORT = 9090;

function host(letter: 'c' | 'g' | 'b'): Host {
  const name = PREFIX + letter;
  return localHost(name, ['ip', 'netns', 'exec', name]);
}

function sh(script: string): string {
  return execFileSync('sh', ['-ec', script], { env: { ...process.env, P: PREFIX }, encoding: 'utf8' }).trim();
}

const UP = `
for n in c g b; do ip netns add $P$n; ip -n $P$n link set lo up; done
ip -n $P"g" link add vc type veth peer name eth0 netns $P"c"
ip -n $P"g" link add vb type veth peer name eth0 netns $P"b"
ip -n $P"g" addr add 198.18.0.1/24 dev vc; ip -n $P"g" link set vc up
ip -n $P"g" addr add 198.19.0.1/24 dev vb; ip -n $P"g" link set vb up
ip -n $P"c" addr add 198.18.0.2/24 dev eth0; ip -n $P"c" link set eth0 up; ip -n $P"c" route add default via 198.18.0.1
ip -n $P"b" addr add 198.19.0.2/24 dev eth0; ip -n $P"b" link set eth0 up; ip -n $P"b" route add default via 198.19.0.1
ip -n $P"b" route add local 198.19.1.0/24 dev lo
ip -n $P"g" route add 198.19.1.0/24 via 198.19.0.2
ip netns exec $P"g" sysctl -qw net.ipv4.ip_forward=1
ip netns exec $P"g" nft -f - <<X
table ip lab {
  map vips { type ipv4_addr : ipv4_addr; elements = { ${range(VIPS)
    .map((i) => `198.18.1.${i} : 198.19.1.${i}`)
    .join(', ')} } }
  counter lost { }
  chain early { type filter hook prerouting priority -300; }
  chain in { type nat hook prerouting priority -100; ip daddr 198.18.1.0/24 dnat to ip daddr map @vips; }
  chain out { type nat hook postrouting priority 100; oifname "vb" masquerade; }
}
X
for n in c b; do ip netns exec $P$n nft -f - <<X
table ip quiet {
  chain out {
    type filter hook output priority 0;
    tcp dport ${STALE_PORT} tcp flags & (fin|rst) != 0 drop
    tcp sport ${STALE_PORT} tcp flags & (fin|rst) != 0 drop
  }
}
X
done`;
const DOWN = 'for n in c g b; do ip netns del $P$n 2>/dev/null || true; done';

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}

const endpoints = (net: string, port: number): Endpoint[] => range(VIPS).map((i) => ({ address: `${net}.${i}`, port }));

const common = { startTimeSeconds: 0, arrival: 'uniform', connectTimeoutSeconds: 5 } as const;
const short = {
  ...common,
  name: 'requests',
  kind: 'short',
  protocol: 'http',
  client: 'direct',
  close: 'fin',
  responseTimeoutSeconds: 5,
  requestsPerConnection: 1,
  lifetimeSeconds: 0,
} as const;
/** A machine may stand still for less than a heartbeat without one being missed. */
const long = { ...common, name: 'sockets', kind: 'long', protocol: 'websocket', heartbeatSeconds: 2 } as const;
const stale = { ...common, name: 'leaked', kind: 'stale' } as const;

/** Seconds; for what takes a moment on a machine that has nothing else to do. */
const PATIENCE = 60;

const NOWHERE = { addresses: [], ports: { first: 1, last: 0 } };

interface Recorded {
  readonly counts: Record<string, AttemptCounts>;
  readonly open: Record<string, number>;
  readonly phases: Set<string>;
}

function fleetFor(floods: readonly Flood[], more: Partial<FleetOptions> = {}) {
  const recorded: Recorded = { counts: {}, open: {}, phases: new Set() };
  const options: FleetOptions = {
    floods,
    targets: {
      http: endpoints('198.18.1', 8080),
      stale: endpoints('198.18.1', STALE_PORT),
      halfOpen: [],
      udp: { answered: NOWHERE, unanswered: NOWHERE },
      ephemeralPorts: { first: 32_768, last: 60_999 },
      stalePorts: { first: 2000, last: 2999 },
    },
    synSchedule: synSchedule({ retries: 6, linearTimeouts: 4 }),
    seed: 1,
    onRecord: (record) => {
      if (record.type === 'gauge') recorded.open[record.flood] = record.open;
      else {
        const { type: _, t: __, at: ___, flood, firstBadAt: ____, ...counts } = record;
        recorded.counts[flood] ??= noAttempts();
        addAttempts(recorded.counts[flood], counts);
      }
    },
    onHistogram: (slice) => recorded.phases.add(`${slice.flood} ${slice.phase}`),
    ...more,
  };
  return { recorded, started: startFleet(launchAgents([host('c')], floods, 2), options) };
}

/** Runs the floods to the end of their schedule; `opens` is what the client's kernel counted meanwhile. */
async function flood(...floods: readonly Flood[]): Promise<Recorded & { readonly opens: number }> {
  const { recorded, started } = fleetFor(floods);
  await using fleet = await started;
  const opensBefore = clientCounter('TcpActiveOpens');
  fleet.start(monotonic() + 0.1);
  await fleet.done;
  return { ...recorded, opens: clientCounter('TcpActiveOpens') - opensBefore };
}

/** Of `scheduled` attempts all that a busy machine could begin in time, which are most, succeeded; how many they were. */
function allWell(counts: AttemptCounts | undefined, scheduled: number): number {
  const { attempted = 0 } = counts ?? {};
  expect(attempted).toBeGreaterThan(scheduled / 2);
  const well = { attempted, connected: attempted, succeeded: attempted, notStarted: scheduled - attempted };
  expect(counts).toEqual({ ...noAttempts(), ...well });
  return attempted;
}

function clientCounter(name: string): number {
  return Number(/(\d+)/.exec(sh(`ip netns exec $P"c" nstat -asz ${name} | tail -1`).replace(name, ''))?.[1]);
}

/** Entries of the gateway's table by state, `+` when ASSURED. */
function entries(): Record<string, number> {
  const states: Record<string, number> = {};
  for (const line of sh('ip netns exec $P"g" conntrack -L -p tcp 2>/dev/null').split('\n')) {
    const state = line.trim().split(/\s+/)[3];
    if (state === undefined) continue;
    const key = state + (line.includes('[ASSURED]') ? '+' : '');
    states[key] = (states[key] ?? 0) + 1;
  }
  return states;
}

describe('load through a real gateway', skipFor(unfit), () => {
  let backend: BackendPool;

  beforeEach(async () => {
    sh(DOWN);
    sh(UP);
    const listen = { http: endpoints('198.19.1', 8080), stale: endpoints('198.19.1', STALE_PORT) };
    backend = await startBackend(launchBackends(host('b'), [], 2), listen);
  });

  afterEach(async () => {
    await backend[Symbol.asyncDispose]();
    sh(DOWN);
  });

  it.each(['direct', 'undici'] as const)(
    'makes one TCP connection a request (client: %s), as all who count agree',
    async (client) => {
      const shape = { executor: 'constant-arrival-rate', rate: 500, durationSeconds: 2 } as const;
      const { counts, phases, opens } = await flood({ ...short, client, shape });
      const made = allWell(counts['requests'], 1000);
      expect(opens).toBe(made);
      expect(await backend.counts()).toEqual({ connections: made, requests: made, upgrades: 0, stale: 0 });
      expect(entries()['TIME_WAIT+']).toBeGreaterThan(0.95 * made); // the kernel may use a tuple in TIME_WAIT again
      expect([...phases].sort()).toEqual(
        ['connecting', 'duration', 'duration_uncorrected', 'schedule_lag', 'waiting'].map((phase) => `requests ${phase}`),
      );
    },
  );

  it('leaves CLOSE behind with close: rst', async () => {
    const shape = { executor: 'constant-arrival-rate', rate: 300, durationSeconds: 1 } as const;
    const { counts } = await flood({ ...short, close: 'rst', shape });
    expect(entries()).toEqual({ 'CLOSE+': allWell(counts['requests'], 300) });
  });

  it.each([
    ['fin', 'TIME_WAIT+'],
    ['rst', 'CLOSE+'],
  ] as const)('connects and closes with protocol: tcp and close: %s, nothing sent', async (close, state) => {
    const shape = { executor: 'constant-arrival-rate', rate: 500, durationSeconds: 1 } as const;
    const { counts, phases, opens } = await flood({ ...short, protocol: 'tcp', close, shape });
    const made = allWell(counts['requests'], 500);
    expect(opens).toBe(made);
    expect(await until(async () => (await backend.counts())?.connections === made, PATIENCE)).toBe(true);
    expect(await backend.counts()).toMatchObject({ requests: 0, upgrades: 0 });
    expect(entries()[state]).toBeGreaterThan(0.95 * made);
    expect([...phases]).not.toContain('requests waiting');
  });

  it('leaves ESTABLISHED and ASSURED entries of stale connections, and never uses a tuple twice', async () => {
    const { counts } = await flood(
      { ...stale, name: 'one', shape: { executor: 'burst', connections: 1500 } },
      { ...stale, name: 'two', shape: { executor: 'constant-arrival-rate', rate: 500, durationSeconds: 1 } },
    );
    const made = allWell(counts['one'], 1500) + allWell(counts['two'], 500);
    expect(sh(`ip netns exec $P"c" ss -Htan 'dport = :${STALE_PORT}' | wc -l`)).toBe('0');
    expect(sh('ip netns exec $P"b" ss -Htan state established | wc -l')).toBe('0');
    expect(entries()).toEqual({ 'ESTABLISHED+': made });
    expect((await backend.counts())?.stale).toBe(made);
  });

  it('says so when the tuples for stale connections run out', async () => {
    const { counts } = await flood({ ...stale, shape: { executor: 'burst', connections: VIPS * 1000 + 7 } });
    expect(counts['leaked']).toMatchObject({ attempted: 4007, succeeded: 4000, failed: { 'ports-exhausted': 7 } });
  });

  it('holds WebSockets at a level, keeps their hearts beating, and counts those it loses', async () => {
    const { recorded, started } = fleetFor([
      {
        ...long,
        shape: { executor: 'ramping-connections', startConnections: 500, stages: [{ durationSeconds: 1, target: 2000 }] },
      },
    ]);
    await using fleet = await started;
    fleet.start(monotonic() + 0.1);
    await fleet.done;
    expect(recorded.counts['sockets']).toMatchObject({ attempted: 2000, succeeded: 2000, failed: {} });
    const before = recorded.counts['sockets']?.heartbeats ?? 0;
    expect(await until(() => (recorded.counts['sockets']?.heartbeats ?? 0) > before + 3000, PATIENCE)).toBe(true);
    expect(recorded.counts['sockets']?.heartbeatsMissed).toBe(0);
    expect(recorded.open['sockets']).toBe(2000);
    await backend[Symbol.asyncDispose]();
    expect(await until(() => recorded.counts['sockets']?.disconnected === 2000, PATIENCE)).toBe(true);
    expect(recorded.phases).toContain('sockets heartbeat');
  });

  it('holds bare connections with protocol: tcp, in silence, and counts those it loses', async () => {
    const { recorded, started } = fleetFor([
      { ...long, protocol: 'tcp', shape: { executor: 'constant-connections', connections: 800, durationSeconds: PATIENCE } },
    ]);
    await using fleet = await started;
    fleet.start(monotonic() + 0.1);
    expect(await until(() => recorded.open['sockets'] === 800, PATIENCE)).toBe(true);
    await backend[Symbol.asyncDispose]();
    expect(await until(() => (recorded.counts['sockets']?.disconnected ?? 0) >= 800, PATIENCE)).toBe(true);
    fleet.close();
    await fleet.done;
    expect(recorded.counts['sockets']).toMatchObject({ heartbeats: 0, heartbeatsMissed: 0 });
    expect([...recorded.phases]).not.toContain('sockets waiting');
  });

  it('releases a constant level at its end, without calling that a disconnect', async () => {
    const { recorded, started } = fleetFor([
      { ...long, shape: { executor: 'constant-connections', connections: 300, durationSeconds: 3 } },
    ]);
    await using fleet = await started;
    fleet.start(monotonic() + 0.1);
    await fleet.done;
    expect(await until(() => recorded.open['sockets'] === 0, PATIENCE)).toBe(true);
    expect(recorded.counts['sockets']).toMatchObject({ succeeded: 300, disconnected: 0 });
  });

  it.each(['drained', 'interrupted'])('explains lost SYNs to the packet: retransmissions + abandoned (%s)', async (how) => {
    sh(`ip netns exec $P"g" nft 'add rule ip lab early iifname "vc" tcp flags & (syn|ack) == syn \\
        numgen random mod 4 != 0 counter name lost drop'`);
    const { recorded, started } = fleetFor([
      { ...short, connectTimeoutSeconds: 2.2, shape: { executor: 'constant-arrival-rate', rate: 200, durationSeconds: 3 } },
      { ...long, connectTimeoutSeconds: 1.5, shape: { executor: 'constant-connections', connections: 200, durationSeconds: 3 } },
      { ...stale, connectTimeoutSeconds: 2.5, shape: { executor: 'burst', connections: 200 } },
    ]);
    await using fleet = await started;
    fleet.start(monotonic() + 0.1);
    expect(await until(() => Object.values(recorded.counts).some(({ delayed }) => delayed > 20), PATIENCE)).toBe(true);
    if (how === 'interrupted') fleet.close();
    await fleet.done;
    const lost = Number(/packets (\d+)/.exec(sh('ip netns exec $P"g" nft list counter ip lab lost'))?.[1]);
    const all = noAttempts();
    for (const counts of Object.values(recorded.counts)) addAttempts(all, counts);
    expect(all.abandoned).toBeGreaterThan(100);
    expect(clientCounter('TcpExtTCPSynRetrans') + all.abandoned).toBe(lost);
    expect(all.succeeded + totalFailed(all) + all.interrupted).toBe(all.attempted);
  });

  it('drains after a stop and counts what it did not start', async () => {
    const { recorded, started } = fleetFor([
      { ...short, shape: { executor: 'constant-arrival-rate', rate: 200, durationSeconds: 60 } },
    ]);
    await using fleet = await started;
    fleet.start(monotonic() + 0.1);
    expect(await until(() => (recorded.counts['requests']?.succeeded ?? 0) > 50, PATIENCE)).toBe(true);
    fleet.stop();
    const reports = await fleet.done;
    const counts = recorded.counts['requests'] ?? noAttempts();
    expect(counts.succeeded).toBe(counts.attempted);
    expect(reports.map(({ agent }) => agent).sort()).toEqual([0, 1]);
    for (const report of reports) expect(report.cpuShare).toBeGreaterThan(0);
  });

  it('tells when an agent or a backend process dies, and still comes to an end', async () => {
    const { started } = fleetFor([{ ...short, shape: { executor: 'constant-arrival-rate', rate: 50, durationSeconds: 60 } }]);
    await using fleet = await started;
    fleet.start(monotonic() + 0.1);
    process.kill(fleet.pids[0] ?? 0, 'SIGKILL');
    expect(await fleet.lost).toMatch(
      /^agent on ldt\d+c \(pid \d+\) ended: killed by SIGKILL; it had started \d+ of \d+ attempts and held \d+ connections$/,
    );
    fleet.stop();
    expect(await fleet.done).toHaveLength(1);
    process.kill(backend.pids[1] ?? 0, 'SIGKILL');
    expect(await backend.lost).toMatch(/^backend on ldt/);
  });

  it('names the address a backend cannot listen on', async () => {
    const taken = { http: endpoints('198.19.1', 8080), stale: [] };
    await expect(startBackend(launchBackends(host('b'), [], 1), taken)).rejects.toThrow(/EADDRINUSE.*198\.19\.1\.\d:8080/);
  });
});
