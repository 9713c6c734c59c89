// biome-ignore-all lint/suspicious/noTemplateCurlyInString: names in configurations
import { describe, expect, it } from 'vitest';
import { haproxy } from '../../../../../src/lab/dataplane/programs/haproxy.ts';
import { nginx } from '../../../../../src/lab/dataplane/programs/nginx.ts';
import { withAddresses } from '../../../../../src/lab/dataplane/programs/own-config.ts';

const ROUTES = [1, 2, 3].map((i) => ({
  from: { address: `198.18.1.${i}`, port: 80 },
  to: { address: `198.19.1.${i}`, port: 8080 },
}));
const wanted = { routes: ROUTES, keepAlive: false, openFiles: 20_000 };

describe.each([
  ['nginx', nginx, /listen (\S+) backlog/g, /server (\S+) max_fails=0;/g],
  ['haproxy', haproxy, /bind (\S+) backlog/g, /server endpoint-\d+ (\S+)$/gm],
] as const)('the configuration that ctload writes for %s', (_, setup, from, to) => {
  it('listens where clients connect, and has every endpoint', () => {
    const config = setup.config(wanted);
    expect([...config.matchAll(from)].map(([, address]) => address)).toEqual(['198.18.1.1:80', '198.18.1.2:80', '198.18.1.3:80']);
    expect([...config.matchAll(to)].map(([, address]) => address)).toEqual([
      '198.19.1.1:8080',
      '198.19.1.2:8080',
      '198.19.1.3:8080',
    ]);
  });

  it('has as many connections as open files allow, up to a bound', () => {
    const limit = (openFiles: number) =>
      Number(/(?:worker_connections|maxconn) (\d+)/.exec(setup.config({ ...wanted, openFiles }))?.[1]);
    expect(limit(20_000)).toBeLessThanOrEqual(20_000);
    expect(limit(20_000)).toBeGreaterThan(9_000);
    expect(limit(Number.POSITIVE_INFINITY)).toBe(limit(2 ** 20));
  });

  it('closes connections to the backend after each request, unless they are to be kept', () => {
    const closing = setup.config(wanted);
    const keeping = setup.config({ ...wanted, keepAlive: true });
    expect(closing).toMatch(/'' close;|http-reuse never/);
    expect(keeping).toMatch(/keepalive 320;|http-reuse always/);
    expect(keeping).not.toMatch(/'' close;|http-server-close/);
  });
});

describe('what a program says of its configuration', () => {
  it.each([
    [
      'nginx: [emerg] unknown directive "foo" in /run/ctload/proxy.conf:7\nnginx: configuration file …',
      'unknown directive "foo", line 7',
    ],
    [
      '2026/11/28 06:39:18 [emerg] 248#248: host not found in upstream "a" in /run/ctload/proxy.conf:12',
      'host not found in upstream "a", line 12',
    ],
    ['sh: 1: cannot run', 'sh: 1: cannot run'],
  ])('nginx: %s', (words, said) => {
    expect(nginx.complaint(words)).toBe(said);
  });

  it.each([
    [
      "[NOTICE]   (12) : haproxy version is 2.6.12\n[ALERT]    (12) : config : parsing [/run/ctload/proxy.conf:3] : unknown keyword 'foo'.\n[ALERT]    (12) : config : Fatal errors found",
      "line 3: unknown keyword 'foo'.",
    ],
    ['[ALERT]    (12) : config : Fatal errors found in configuration.', 'Fatal errors found in configuration.'],
  ])('haproxy: %s', (words, said) => {
    expect(haproxy.complaint(words)).toBe(said);
  });
});

describe('a configuration of the user’s own', () => {
  const filled = (config: string) => withAddresses(config, { routes: ROUTES, client: '198.18.0.2', gateway: '198.19.0.1' });

  it('gets addresses: lines for all of them, or one', () => {
    const { text, lineOf } = filled(
      'top\n  bind ${SERVICE} # ${NUMBER}\n  server one ${ENDPOINT_2} source ${GATEWAY}\nallow ${CLIENT};',
    );
    expect(text.split('\n')).toEqual([
      'top',
      '  bind 198.18.1.1:80 # 1',
      '  bind 198.18.1.2:80 # 2',
      '  bind 198.18.1.3:80 # 3',
      '  server one 198.19.1.2:8080 source 198.19.0.1',
      'allow 198.18.0.2;',
    ]);
    expect([1, 2, 4, 5, 6].map(lineOf)).toEqual([1, 2, 2, 3, 4]);
  });

  it('keeps the variables of the program itself', () => {
    const config = 'set $a "${request_uri}${OTHER}$host"; ${ENDPOINT_4} ${NUMBER}';
    expect(filled(config).text).toBe(config);
  });
});

it('nginx stays in the foreground and says what goes wrong, whatever its configuration says', () => {
  expect(nginx.run('x', 'events {}')).toEqual(['nginx', '-c', 'x', '-g', 'daemon off; error_log stderr error;']);
  expect(nginx.run('x', 'user root; daemon off;\nerror_log stderr warn;\n')).toEqual(['nginx', '-c', 'x']);
  expect(nginx.check('x', '# daemon off;\nerror_log stderr warn;\ndaemon on;')).toContain('daemon off;'); // which nginx refuses
});
