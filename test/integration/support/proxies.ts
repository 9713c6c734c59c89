import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, unfit } from './ctload.ts';
import { flows } from './dataplanes.ts';
import { install } from './install.ts';

/** Debian's, as they are. */
export const PROGRAMS = ['nginx', 'haproxy'] as const;
export type Program = (typeof PROGRAMS)[number];

/** Why they cannot be run here. */
export const noPrograms: string | undefined =
  unfit ??
  (install(['nginx-light', 'nginx'], ['haproxy', 'haproxy'])
    ? undefined
    : 'no nginx and HAProxy here, and none can be installed');

/** Flags for a gateway that is such a proxy, by ballast; `more` are further keys of gateway.proxy. */
export function proxied(program: Program, floods: string, { conntrack = 'max: 5000', more = '' } = {}): string[] {
  return flows(`dataplane: proxy, proxy: {implementation: ${program}${more}}`, floods, conntrack);
}

/** Further keys for a configuration of the user's own. */
export function own(config: string): string {
  const file = join(temporaryFolder(), 'own.conf');
  writeFileSync(file, config);
  return `, config: ${file}`;
}

/** Everything to one address of the backend. */
export const ONE_ENDPOINT: Readonly<Record<Program, string>> = {
  nginx: `user root;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  upstream one { server \${ENDPOINT_1}; }
  server {
    listen \${SERVICE} backlog=4096;
    location / { proxy_pass http://one; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; }
  }
}
`,
  haproxy: `global
  maxconn 4000
  log stderr format raw daemon err
defaults
  mode http
  log global
  option httplog
  option log-separate-errors
  retries 0
  timeout connect 5s
  timeout client 50s
  timeout server 50s
  timeout tunnel 1h
frontend front
  bind \${SERVICE}
  default_backend back
backend back
  server one \${ENDPOINT_1}
`,
};

/** Processes of this name in the network namespace of a lab's gateway. */
export function processesOf(program: Program, pids: readonly number[]): number[] {
  return pids.filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program);
}

/** All processes of these programs on this machine. */
export function programsRunning(): string {
  return execFileSync('sh', ['-c', "ps -eo stat=,pid=,comm= | grep -E ' (nginx|haproxy)$' | grep -v '^Z' || true"], {
    encoding: 'utf8',
  });
}

/** Flags of `ctload …` on a machine that lacks the command. */
export function without(program: Program): string[] {
  const path = execFileSync('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${program}`], { encoding: 'utf8' }).trim();
  return ['unshare', '--mount', 'sh', '-c', `mount --bind /dev/null ${path} && exec "$@"`, 'sh'];
}
