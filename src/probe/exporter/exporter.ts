import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { searchPath } from '../../platform/exec.ts';
import { NODE_EXPORTER } from './node-exporter.ts';

/**
 * It takes its listening socket as systemd would hand it over (sd_listen_fds(3)): descriptor 3, for the process LISTEN_PID. The
 * kernel kills it when this process ends, however that happens.
 */
const COMMAND = [
  'LISTEN_FDS=1 LISTEN_PID=$$ exec setpriv --pdeathsig KILL',
  NODE_EXPORTER,
  '--web.systemd-socket --web.disable-exporter-metrics --collector.disable-defaults --collector.conntrack --log.level=error',
].join(' ');
const ANSWER_SECONDS = 10;
const LONGEST = 2 ** 20; // bytes of an answer; it has 3,000

/**
 * A node_exporter in this process' network namespace, reached over an abstract Unix socket of that namespace: a scrape sends no
 * packet, so it makes no entry in the table that it reads, and nothing has to be removed afterwards.
 */
export class Exporter {
  readonly #child: ChildProcess;
  readonly #path: string;
  #stderr = '';
  #ended: string | undefined;

  private constructor(child: ChildProcess, path: string) {
    this.#child = child;
    this.#path = path;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-1000);
    });
    child.once('exit', (code, signal) => {
      this.#ended = `${NODE_EXPORTER} ended (${signal ?? `exit code ${code}`})${this.#stderr === '' ? '' : `: ${this.#stderr.trim()}`}`;
    });
  }

  /** @throws {Error} when the socket cannot be had. */
  static async start(): Promise<Exporter> {
    const path = `\0ctload-node-exporter-${process.pid}`;
    const server = createServer().listen(path);
    await once(server, 'listening');
    try {
      const stdio = ['ignore', 'ignore', 'pipe', descriptorOf(server)] as const;
      return new Exporter(spawn('sh', ['-c', COMMAND], { env: { PATH: searchPath() }, stdio: [...stdio] }), path);
    } finally {
      server.close(); // the exporter has the socket now, and what connects waits for it
    }
  }

  /** The answer to one scrape. @throws {Error} when there is none within ANSWER_SECONDS, or the exporter has ended. */
  async scrape(): Promise<string> {
    try {
      return await get(this.#path);
    } catch (error) {
      throw this.#ended === undefined ? error : new Error(this.#ended);
    }
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

function descriptorOf(server: Server): number {
  const { _handle: handle } = server as unknown as { readonly _handle: { readonly fd: number } }; // Node has no other way
  return handle.fd;
}

function get(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: '/metrics', agent: false, timeout: ANSWER_SECONDS * 1000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > LONGEST) asked.destroy(new Error('the answer is too long'));
      });
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${NODE_EXPORTER} answered with status ${response.statusCode}`));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`${NODE_EXPORTER} did not answer within ${ANSWER_SECONDS} s`)));
    asked.on('error', reject).end();
  });
}
