import { HELD, type ProgramSetup, type WantedConfig } from './setup.ts';

/** nginx allocates some 400 bytes per worker for each of its connections when it starts. */
const MOST_CONNECTIONS = 65_536;
/** Idle connections that each worker keeps: upstream-keepalive-connections of ingress-nginx. */
const IDLE = 320;

export const nginx: ProgramSetup = {
  package: 'nginx-light',
  modules: ['/usr/lib/nginx/modules', '/usr/share/nginx/modules'],
  run: (file, config) => ['nginx', '-c', file, ...globals(config)],
  check: (file, config) => ['nginx', '-t', '-q', '-c', file, ...globals(config)],
  config: nginxConfig,
  complaint: (words) => /\[emerg\] (?:\d+#\d+: )?(.*)/.exec(words)?.[1]?.replace(/ in \/\S+:(\d+)$/, ', line $1') ?? words.trim(),
};

/** What the lab needs and the configuration does not say. */
function globals(config: string): string[] {
  const said = config.replace(/#.*$/gm, '');
  const missing = [
    ...(/(^|[\s;])daemon\s+off\s*;/.test(said) ? [] : ['daemon off;']),
    ...(/(^|[\s;])error_log\s/.test(said) ? [] : ['error_log stderr error;']),
  ];
  return missing.length === 0 ? [] : ['-g', missing.join(' ')];
}

/**
 * nginx as a reverse proxy in front of all endpoints. Each try to connect ends after 5 s and there are 3, as ingress-nginx has it
 * (proxy-connect-timeout, proxy-next-upstream-tries). An address that did not answer is asked again (max_fails=0), or a full table
 * would soon leave no endpoint at all.
 */
export function nginxConfig({ routes, keepAlive, openFiles }: WantedConfig): string {
  const connections = Math.min(openFiles, MOST_CONNECTIONS);
  return `# Written by ctload. A copy of it is a start for gateway.proxy.config.
user root; # a lab without root has no other user
worker_processes auto;
worker_rlimit_nofile ${connections}; # a connection to each side is an open file
events {
  worker_connections ${connections};
}
error_log stderr error;
http {
  access_log off;
  client_body_temp_path /run/ctload/body;
  proxy_temp_path /run/ctload/proxy;
  map $http_upgrade $upstream_connection {
    default upgrade; # WebSockets
    '' ${keepAlive ? "''" : 'close'};
  }
  upstream backend { # the kernel picks the source port: ip_local_port_range for each address
${routes.map(({ to }) => `    server ${to.address}:${to.port} max_fails=0;`).join('\n')}
${keepAlive ? `    keepalive ${IDLE};\n` : ''}  }
  server {
${routes.map(({ from }) => `    listen ${from.address}:${from.port} backlog=65535;`).join('\n')}
    location / {
      proxy_pass http://backend;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $upstream_connection;
      proxy_connect_timeout 5s;
      proxy_next_upstream_tries 3;
      proxy_read_timeout ${HELD};
      proxy_send_timeout ${HELD};
    }
  }
}
`;
}
