import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fillTable } from '../../../src/lab/capacity/ballast.ts';
import { namespaceHost } from '../../../src/lab/host/namespaces.ts';
import { until } from '../../../src/platform/clock.ts';
import { findTool } from '../../../src/platform/tools.ts';
import { ctload, expectBalanced, hostLimits, readSummary, temporaryFolder, unfit } from '../support/ctload.ts';
import { EXTERNAL } from '../support/external.ts';
import { install } from '../support/install.ts';
import { skipFor } from '../support/skip.ts';

/** Debian's nginx as the gateway, in front of one as the backend: connections end on the gateway, whose kernel opens others. */
const P = `nx${process.pid}`;
const site = EXTERNAL(P);
const missing = unfit ?? (install(['nginx-light', 'nginx']) ? undefined : 'no nginx here, and it cannot be installed');
const folder = mkdtempSync(join(tmpdir(), 'ctload-nginx-'));
const servers: ChildProcess[] = [];

const common = (name: string) => `worker_processes 1; daemon off; pid ${folder}/${name}.pid; error_log ${folder}/${name}.log crit;
worker_rlimit_nofile 65536; events { worker_connections 16384; }`;
const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  .map((what) => `${what}_temp_path ${folder}/${what};`)
  .join(' ');
const GATEWAY = `${common('gateway')}
http { access_log off; ${paths} upstream be { server 198.19.0.2:8080; }
 server { listen 198.18.0.1:8000 backlog=4096; location / { proxy_pass http://be; proxy_http_version 1.1; proxy_set_header Connection close; } } }`;
const BACKEND = `${common('backend')}
http { access_log off; ${paths} server { listen 8080 backlog=4096; location / { return 200 "ok\\n"; } } }`;
/** As kube-proxy and CNIs do: local connections of the gateway are tracked as well. */
const TRACK = `table ip track {
  chain i { type filter hook input priority 0; ct state established accept; }
  chain o { type filter hook output priority 0; ct state established accept; }
}`;

async function serve(netns: string, name: string, config: string): Promise<void> {
  const file = join(folder, `${name}.conf`);
  writeFileSync(file, config);
  const argv = ['netns', 'exec', `${P}${netns}`, 'setpriv', '--pdeathsig', 'TERM', findTool('nginx') ?? 'nginx', '-c', file];
  servers.push(spawn('ip', [...argv, '-p', folder, '-e', join(folder, `${name}.log`)], { stdio: 'ignore' }));
  const listens = () => execFileSync('ip', ['netns', 'exec', `${P}${netns}`, 'ss', '-Hltn'], { encoding: 'utf8' }) !== '';
  expect(await until(listens, 10, 0.1)).toBe(true);
}

beforeAll(async () => {
  if (missing !== undefined) return;
  site.up();
  execFileSync('ip', ['netns', 'exec', `${P}g`, 'nft', '-f', '-'], { input: TRACK });
  // Places become free all the time: a client's SYN takes one, and there may be none for the connection to the backend.
  execFileSync('ip', ['netns', 'exec', `${P}g`, 'sysctl', '-qw', 'net.netfilter.nf_conntrack_tcp_timeout_time_wait=2']);
  await serve('b', 'backend', BACKEND);
  await serve('g', 'gateway', GATEWAY);
});

afterAll(async () => {
  for (const server of servers) server.kill('SIGTERM');
  await until(() => servers.every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null), 10, 0.1);
  site.down();
  rmSync(folder, { recursive: true, force: true });
});

it(
  'a full table of a gateway that is nginx: the SYNs that its own kernel repeats are accounted for',
  skipFor(missing),
  async () => {
    const max = Number(/max (\d+)/.exec(hostLimits())?.[1]);
    await fillTable(namespaceHost(`${P}g`, 'gateway'), 'ballast', max - 800, AbortSignal.timeout(60_000));
    const results = temporaryFolder();
    const file = join(results, 'nginx.yaml');
    writeFileSync(
      file,
      `version: 1
name: nginx
lab: {driver: external, target: 198.18.0.1:8000, conntrack: netns:${P}g, client: netns:${P}c}
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: 300, duration: 8s, connectTimeout: 3s, responseTimeout: 3s}
`,
    );
    const { code, stdout } = await ctload('run', file, '--output', join(results, 'run'));
    const summary = readSummary(join(results, 'run'));
    expect(summary.verdict, stdout).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(code).toBe(0);
    expect(summary.accounting.upstreamRetransmissions).toBeGreaterThan(0);
    expect(summary.attribution[0]?.cause).toBe('conntrack-full');
    expectBalanced(summary);
  },
);
