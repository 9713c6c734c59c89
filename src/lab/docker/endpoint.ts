import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DockerOptions } from 'dockerode';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';

/** Where an engine is, as its user would write it (`unix:///var/run/docker.sock`), and how to reach it. */
export interface EngineEndpoint {
  readonly url: string;
  readonly options: DockerOptions;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the engine the way the docker command does: DOCKER_HOST, then the context named by DOCKER_CONTEXT or chosen with
 * `docker context use`, then the usual sockets (system, rootless, Docker Desktop).
 * @throws {CtloadError} exit 112 when what is configured cannot be used.
 */
export function findEndpoint(env: Environment = process.env, home: string = homedir()): EngineEndpoint {
  const config = env['DOCKER_CONFIG'] ?? join(home, '.docker');
  const host = env['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    const verify = (env['DOCKER_TLS_VERIFY'] ?? '') !== '';
    return endpoint(host, verify ? readTls(env['DOCKER_CERT_PATH'] ?? config) : {}, env);
  }
  const context = env['DOCKER_CONTEXT'] ?? currentContext(config);
  if (context !== undefined && context !== '' && context !== 'default') return contextEndpoint(config, context, env);
  return endpoint(`unix://${usualSocket(env, home)}`, {}, env);
}

function endpoint(url: string, tls: DockerOptions, env: Environment): EngineEndpoint {
  if (url.startsWith('unix://')) return { url, options: { ...tls, socketPath: url.slice('unix://'.length) } };
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  switch (parsed?.protocol) {
    case 'tcp:':
    case 'http:':
    case 'https:': {
      const secure = parsed.protocol === 'https:' || tls.ca !== undefined;
      const port = Number(parsed.port || (secure ? 2376 : 2375));
      return { url, options: { ...tls, protocol: secure ? 'https' : 'http', host: parsed.hostname, port } };
    }
    case 'ssh:': {
      const agent = env['SSH_AUTH_SOCK'];
      if (agent === undefined) {
        throw unusable(
          `engine ${url}: SSH_AUTH_SOCK is not set`,
          'start ssh-agent and ssh-add the key: ctload asks it for the key',
        );
      }
      const username = parsed.username || (env['USER'] ?? 'root');
      const port = Number(parsed.port || 22);
      return { url, options: { ...tls, protocol: 'ssh', host: parsed.hostname, port, username, sshOptions: { agent } } };
    }
    default:
      throw unusable(
        `cannot use the engine address ${url}`,
        'use unix://, tcp://, https:// or ssh:// in DOCKER_HOST or the context',
      );
  }
}

function usualSocket(env: Environment, home: string): string {
  const system = '/var/run/docker.sock';
  const others = [join(env['XDG_RUNTIME_DIR'] ?? '/run/user/none', 'docker.sock'), join(home, '.docker/run/docker.sock')];
  return [system, ...others].find((path) => existsSync(path)) ?? system;
}

function currentContext(config: string): string | undefined {
  try {
    return JSON.parse(readFileSync(join(config, 'config.json'), 'utf8')).currentContext;
  } catch {
    return undefined; // no configuration: the default
  }
}

/** Contexts are kept in folders named by the SHA-256 of their name (docker/cli, cli/context/store). */
function contextEndpoint(config: string, name: string, env: Environment): EngineEndpoint {
  const folder = createHash('sha256').update(name).digest('hex');
  try {
    const meta = JSON.parse(readFileSync(join(config, 'contexts/meta', folder, 'meta.json'), 'utf8'));
    const tls = join(config, 'contexts/tls', folder, 'docker');
    return endpoint(meta.Endpoints.docker.Host, existsSync(tls) ? readTls(tls) : {}, env);
  } catch (cause) {
    if (cause instanceof CtloadError) throw cause;
    throw unusable(`cannot use the Docker context ${name}: ${messageOf(cause)}`, 'choose another: docker context ls');
  }
}

function readTls(folder: string): DockerOptions {
  try {
    const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readFileSync(join(folder, file), 'utf8'));
    return { ca, cert, key };
  } catch (cause) {
    throw unusable(
      `cannot read the TLS files of the engine: ${messageOf(cause)}`,
      `put ca.pem, cert.pem and key.pem into ${folder}`,
    );
  }
}

function unusable(message: string, hint: string): CtloadError {
  return new CtloadError(message, { hint, exitCode: ExitCode.hostUnfit });
}
