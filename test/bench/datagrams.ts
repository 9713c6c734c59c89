import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PRIVATE_PLAN, TARGETS } from '../../src/lab/addresses.ts';
import { installDataplane } from '../../src/lab/dataplane/dataplane.ts';
import { suppressTeardown } from '../../src/lab/dataplane/end-rules.ts';
import { readLimits } from '../../src/lab/host/limits.ts';
import type { Site } from '../../src/lab/wiring.ts';
import { launchAgents, startFleet } from '../../src/load/fleet/fleet.ts';
import type { Flood } from '../../src/model/input/scenario.ts';
import type { Cleanup } from '../../src/platform/cleanup.ts';
import { monotonic, until } from '../../src/platform/clock.ts';
import { execute } from '../../src/platform/exec.ts';
import type { Contestant } from './contestants.ts';
import { type Course, raiseNamespaces, snmpCounter } from './site.ts';
import type { Packages } from './tools.ts';

/** What every contestant sends, each a flow of its own; twice as many would not fit the default table. */
const DATAGRAMS = 200_000;
/** So much of the table must be free beyond them. */
const ROOM = 1.2;
const AGENTS = 2; // as many as ctload starts on two cores
const TRAFGEN = 'trafgen';
const TRAFGEN_PORTS = [1025, 1026] as const;
const { addresses, ports } = TARGETS.udp.unanswered;

/** A race of its own: as fast as they can, from the same client through the same gateway. */
export interface DatagramRace {
  readonly bench: Course;
  readonly contestants: readonly (Contestant & { readonly flood?: () => Promise<string | undefined> })[];
}

/**
 * Builds a second lab, with ctload's rules for UDP, and says who is in the race. The yardstick is what arrives at the backend,
 * where nobody listens (UdpNoPorts).
 */
export async function datagramRace(id: string, folder: string, tools: Packages, cleanup: Cleanup): Promise<DatagramRace> {
  const site = await raiseNamespaces(id, cleanup);
  await installDataplane(site, { dataplane: 'iptables', masquerade: 'outside' }, [PRIVATE_PLAN], true);
  await suppressTeardown({ clients: [site.client], backend: site.backend });
  const watcher = site.backend.spawn(['cat']);
  cleanup.defer('watcher of the backend', async () => {
    watcher.end();
    await watcher.exited;
  });
  await until(() => watcher.pid !== undefined, 5);
  const pid = watcher.pid ?? 0;
  const bench: Course = {
    site,
    accepted: (now) => ({ t: now, count: snmpCounter(pid, 'Udp', 'NoPorts') }),
    clear: () => execute(['conntrack', '-F'], { host: site.gateway }).then(() => {}),
  };
  const { max } = readLimits();
  if (max < ROOM * DATAGRAMS) {
    const cannot = `a table of ${max} entries has no room for ${DATAGRAMS} flows`;
    return { bench, contestants: [{ name: 'ctload udp', job: 'udp', cannot }] };
  }
  const client = fileURLToPath(new URL('./datagram-client.js', import.meta.url));
  const loop = [process.execPath, client, String(DATAGRAMS), String(ports.first), String(ports.last), ...addresses];
  return {
    bench,
    contestants: [
      { name: 'ctload udp', job: 'udp', flood: () => flood(site) },
      { name: 'Node dgram, 1 process', job: 'udp', commands: [loop] },
      ...(await trafgens(site, folder, tools)),
    ],
  };
}

/** The fleet of a run, without lab and probes. */
async function flood({ client }: Site): Promise<string | undefined> {
  let failed = 0;
  const shape = { executor: 'burst', connections: DATAGRAMS } as const;
  const one: Flood = { name: 'udp', kind: 'udp', startTimeSeconds: 0, arrival: 'uniform', shape, payloadSize: 64, reply: false };
  await using fleet = await startFleet(launchAgents([client], [one], AGENTS), {
    floods: [one],
    targets: TARGETS,
    synSchedule: [0],
    seed: 1,
    onRecord: (record) => {
      if (record.type === 'load')
        failed += (record.notStarted ?? 0) + Object.values(record.failed ?? {}).reduce((a, b) => a + b, 0);
    },
    onHistogram: () => {},
  });
  fleet.start(monotonic() + 0.1);
  await fleet.done;
  return failed === 0 ? undefined : `${failed} of ${DATAGRAMS} datagrams were not sent`;
}

/** trafgen writes frames to a packet ring: it needs the gateway's link address, and skips the client's UDP and IP layers. */
async function trafgens(site: Site, folder: string, tools: Packages): Promise<Contestant[]> {
  const path = tools.find(TRAFGEN);
  const many = (processes: number) => `${TRAFGEN}, ${processes === 1 ? '1 process' : `${processes} processes`}`;
  if (path === undefined) return [{ name: many(1), job: 'udp', cannot: 'apt-get did not bring netsniff-ng' }];
  const [from, to] = await Promise.all([linkAddress(site.client), linkAddress(site.gateway)]);
  const source = PRIVATE_PLAN.front.client;
  const files = TRAFGEN_PORTS.map((port) => {
    const file = join(folder, `trafgen-${port}.cfg`);
    const packet = (address: string) =>
      `{ eth(da=${to}, sa=${from}), ipv4(saddr=${source}, daddr=${address}, ttl=64), udp(sp=${port}, dp=dinc(${ports.first}, ${ports.last})), fill(0x41, 64) }`;
    writeFileSync(file, `${addresses.map(packet).join('\n')}\n`);
    return file;
  });
  const command = (file: string, datagrams: number) => [
    path,
    '--dev',
    'front',
    '--conf',
    file,
    '-q',
    '-P',
    '1',
    '-n',
    String(datagrams),
  ];
  return [1, 2].map((processes) => ({
    name: many(processes),
    job: 'udp',
    commands: files.slice(0, processes).map((file) => command(file, DATAGRAMS / processes)),
  }));
}

async function linkAddress(host: Site['client']): Promise<string> {
  const [{ address = '' } = {}] = JSON.parse(await execute(['ip', '-j', 'link', 'show', 'front'], { host })) as {
    address?: string;
  }[];
  return address;
}
