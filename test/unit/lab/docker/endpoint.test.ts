import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findEndpoint } from '../../../../src/lab/docker/endpoint.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ctload-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function useContext(name: string, host: string, current = true): void {
  const folder = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  if (current) writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }));
}

test('without any setting it is the system socket', () => {
  expect(findEndpoint({}, home)).toMatchObject({ options: { socketPath: '/var/run/docker.sock' } });
});

test('DOCKER_HOST outranks contexts', () => {
  useContext('colima', 'unix:///elsewhere.sock');
  expect(findEndpoint({ DOCKER_HOST: 'unix:///mine.sock' }, home).options.socketPath).toBe('/mine.sock');
  expect(findEndpoint({ DOCKER_HOST: 'tcp://10.0.0.1:2375' }, home).options).toMatchObject({
    protocol: 'http',
    host: '10.0.0.1',
    port: 2375,
  });
});

test('the current context, or the one DOCKER_CONTEXT names', () => {
  useContext('colima', 'unix:///colima.sock');
  useContext('lab', 'ssh://ops@lab:2222', false);
  expect(findEndpoint({}, home).options.socketPath).toBe('/colima.sock');
  expect(findEndpoint({ DOCKER_CONTEXT: 'lab', SSH_AUTH_SOCK: '/agent' }, home).options).toMatchObject({
    protocol: 'ssh',
    host: 'lab',
    port: 2222,
    username: 'ops',
    sshOptions: { agent: '/agent' },
  });
  expect(findEndpoint({ DOCKER_CONTEXT: 'default' }, home).options.socketPath).toBe('/var/run/docker.sock');
});

test('TLS files are read from DOCKER_CERT_PATH', () => {
  for (const file of ['ca', 'cert', 'key']) writeFileSync(join(home, `${file}.pem`), file);
  const env = { DOCKER_HOST: 'tcp://engine', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: home };
  expect(findEndpoint(env, home).options).toMatchObject({ protocol: 'https', port: 2376, ca: 'ca', cert: 'cert', key: 'key' });
});

test.each([
  [{ DOCKER_CONTEXT: 'gone' }, /context gone/],
  [{ DOCKER_HOST: 'ftp://x' }, /ftp:\/\/x/],
  [{ DOCKER_HOST: 'ssh://x' }, /SSH_AUTH_SOCK/],
  [{ DOCKER_HOST: 'tcp://x', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' }, /TLS/],
])('what cannot be used is said, with a remedy: %o', (env, message) => {
  expect(() => findEndpoint(env, home)).toThrow(
    expect.objectContaining({ exitCode: 112, hint: expect.any(String), message: expect.stringMatching(message) }),
  );
});
