import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRIVATE_PLAN, TARGETS } from '../../src/lab/addresses.ts';
import { installDataplane } from '../../src/lab/dataplane/dataplane.ts';
import { namespaceName } from '../../src/lab/host/names.ts';
import { addNamespaces, deleteNamespaces, namespaceHost } from '../../src/lab/host/namespaces.ts';
import { Registry } from '../../src/lab/host/registry.ts';
import { writeSysctls } from '../../src/lab/host/sysctls.ts';
import { connect, type Site, tune } from '../../src/lab/wiring.ts';
import type { Cleanup } from '../../src/platform/cleanup.ts';
import { until } from '../../src/platform/clock.ts';
import { CtloadError } from '../../src/platform/errors.ts';
import { execute } from '../../src/platform/exec.ts';
import type { Targets } from './contestants.ts';
import type { Reading } from './statistics.ts';
import type { Packages } from './tools.ts';

/** The one topology of the bench: ctload's own namespaces and rules, with nginx as the backend. */
export interface Bench {
  readonly site: Site;
  /** Virtual addresses. */
  readonly targets: Targets;
  /** Connections the backend's kernel has accepted, ever: the yardstick. */
  accepted(now: number): Reading;
  /** Takes all entries out of the gateway's table and all TIME_WAIT sockets out of both ends. */
  clear(): Promise<void>;
}

/** Where a race takes place, whoever it goes to. */
export type Course = Omit<Bench, 'targets'>;

const PORT = 8080; // of the endpoints behind the virtual addresses' port 80
const NGINX = (folder: string) => `
worker_processes 2;
worker_rlimit_nofile 20000;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log crit;
daemon off;
events { worker_connections 10000; multi_accept on; }
http {
  access_log off;
  keepalive_timeout 0;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server { listen ${PORT} backlog=65535 reuseport; location / { return 200 "ok\\n"; } }
}
`;

/** Builds it; `cleanup` takes it down. @throws {CtloadError} exit 100 when nginx does not come up. */
export async function raise(id: string, folder: string, tools: Packages, cleanup: Cleanup): Promise<Bench> {
  const site = await raiseNamespaces(id, cleanup);
  // Tools that take one URL have one tuple a port: enough for a round, so that none is timed while it waits for tuples.
  await writeSysctls(site.client, { 'net.ipv4.ip_local_port_range': '1024 65535' });
  await installDataplane(site, { dataplane: 'iptables', masquerade: 'outside' }, [PRIVATE_PLAN]);
  const pid = await startNginx(site, folder, tools, cleanup);
  const clear = async () => {
    await execute(['conntrack', '-F'], { host: site.gateway });
    await Promise.all([site.client, site.backend].map((host) => execute(['ss', '-K', 'state', 'time-wait'], { host })));
  };
  const accepted = (now: number) => ({ t: now, count: snmpCounter(pid, 'Tcp', 'PassiveOpens') });
  const [first, ...others] = TARGETS.http;
  if (first === undefined) throw new Error('a lab without a target');
  return { site, targets: [first, ...others], accepted, clear };
}

/** The three namespaces, joined and tuned as in a lab, without rules. */
export async function raiseNamespaces(id: string, cleanup: Cleanup): Promise<Site> {
  const registry = new Registry();
  registry.add(id);
  cleanup.defer('registry entry', () => registry.remove(id));
  const names = {
    client: namespaceName(id, 'client'),
    gateway: namespaceName(id, 'gateway'),
    backend: namespaceName(id, 'backend'),
  };
  cleanup.defer('network namespaces', () => deleteNamespaces(Object.values(names)));
  await addNamespaces(Object.values(names));
  const site: Site = {
    names,
    client: namespaceHost(names.client, 'client'),
    gateway: namespaceHost(names.gateway, 'gateway'),
    backend: namespaceHost(names.backend, 'backend'),
  };
  await tune(site, {});
  await connect(site, [PRIVATE_PLAN]);
  return site;
}

async function startNginx({ backend }: Site, folder: string, tools: Packages, cleanup: Cleanup): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, NGINX(folder));
  // Ends with the bench, even one that was killed: `ctload clean` removes the namespaces and knows no nginx.
  const withUs = ['setpriv', '--pdeathsig', 'TERM'];
  const nginx = [tools.find('nginx') ?? 'nginx', '-c', config, '-p', folder, '-e', join(folder, 'error.log')];
  const child = backend.spawn([...withUs, ...nginx], { env: tools.env });
  child.onLine(() => {});
  cleanup.defer('nginx', async () => {
    child.kill('SIGTERM');
    await child.exited;
  });
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  const listens = async () => ended || (await execute(['ss', '-Hltn', `sport = :${PORT}`], { host: backend })) !== '';
  await until(listens, 10, 0.1);
  const { pid } = child; // nsenter has become nginx
  if (!ended && pid !== undefined) return pid;
  throw new CtloadError(`nginx did not start: ${(await child.exited).stderr.trim()}`, { hint: `its configuration is ${config}` });
}

/**
 * A counter of the namespace `pid` is in (/proc/PID/net/snmp): `Tcp` `PassiveOpens` are handshakes completed by a listening
 * socket, `Udp` `NoPorts` datagrams that nobody listens for.
 */
export function snmpCounter(pid: number, protocol: 'Tcp' | 'Udp', name: string): number {
  const [names = [], values = []] = readFileSync(`/proc/${pid}/net/snmp`, 'latin1')
    .split('\n')
    .filter((line) => line.startsWith(`${protocol}:`))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf(name)]);
}
