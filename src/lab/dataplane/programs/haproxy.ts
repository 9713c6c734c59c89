import { HELD, type ProgramSetup, type WantedConfig } from './setup.ts';

/** Open files from which HAProxy's connections are derived, at most. */
const MOST_FILES = 131_072;
/** Open files besides its connections: listeners, pipes, event queues of its threads. */
const OTHER_FILES = 1_000;

export const haproxy: ProgramSetup = {
  package: 'haproxy',
  modules: [],
  run: (file) => ['haproxy', '-db', '-f', file],
  check: (file) => ['haproxy', '-c', '-f', file],
  config: haproxyConfig,
  complaint: (words) =>
    [...words.matchAll(/^\[ALERT\]\s+\(\d+\) : (?:config : )?(.*)$/gm)].map(([, said = '']) =>
      said.replace(/^parsing \[[^\]:]*:(\d+)\] ?:/, 'line $1:').trim(),
    )[0] ?? words.trim(),
};

/**
 * HAProxy as a reverse proxy in front of all endpoints, with the timeouts of Debian's /etc/haproxy/haproxy.cfg and its default of
 * 3 retries.
 */
export function haproxyConfig({ routes, keepAlive, openFiles }: WantedConfig): string {
  const connections = Math.max(100, Math.floor((Math.min(openFiles, MOST_FILES) - OTHER_FILES) / 2));
  return `# Written by ctload. A copy of it is a start for gateway.proxy.config.
global
  maxconn ${connections} # a connection to each side is an open file; it has a thread for each CPU
  log stderr format raw daemon err # no access log, only what goes wrong
defaults
  mode http
  log global
  option httplog
  option log-separate-errors
${keepAlive ? '' : '  option http-server-close\n'}  timeout connect 5s
  timeout client 50s
  timeout server 50s
  timeout tunnel ${HELD} # WebSockets
frontend front
${routes.map(({ from }) => `  bind ${from.address}:${from.port} backlog 65535`).join('\n')}
  default_backend back
backend back # the kernel picks the source port: ip_local_port_range for each address
  balance roundrobin
  http-reuse ${keepAlive ? 'always' : 'never'}
${routes.map(({ to }, i) => `  server endpoint-${i + 1} ${to.address}:${to.port}`).join('\n')}
`;
}
