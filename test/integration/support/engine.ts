import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../src/platform/clock.ts';
import { findTool } from '../../../src/platform/tools.ts';
import { engineFolderPrefix, removeDeadEngines, removeEngine } from './dead-engines.ts';
import { nftTables, rememberFirewall, removeDeadNetworks } from './engine-network.ts';
import { install } from './install.ts';

export interface TestEngine {
  /** Ends it, if it was started here, and puts the machine's forwarding and firewall back. */
  stop(): Promise<void>;
  /** Kills it, as the kernel does when memory runs out; absent where it is not ours. */
  kill?(): Promise<void>;
  /** Starts it again after `kill`, with what it had. */
  restart?(): Promise<void>;
}

export const NO_ENGINE = 'no Docker engine here, and none can be started';

const SOCKET = '/var/run/docker.sock';

/** The engine that runs here, or one started for the tests, installed from Debian when need be; undefined where that is not possible. */
export async function provideEngine(): Promise<TestEngine | undefined> {
  if (answers()) return { stop: async () => {} };
  if (!install(['docker.io', 'dockerd'])) return undefined;
  const left = [...(await removeDeadEngines()), ...removeDeadNetworks()];
  if (left.length > 0) process.stderr.write(`removed what a Docker engine that was killed had left: ${left.join(', ')}\n`);
  const folder = mkdtempSync(engineFolderPrefix());
  const restore = rememberFirewall();
  const launch = () =>
    spawn(
      findTool('dockerd') ?? 'dockerd',
      // No default bridge: it would take an address range of the machine.
      [
        '--bridge=none',
        '--data-root',
        join(folder, 'data'),
        '--exec-root',
        join(folder, 'exec'),
        '--pidfile',
        join(folder, 'pid'),
        '-H',
        `unix://${SOCKET}`,
      ],
      { stdio: 'ignore' },
    );
  let daemon = launch();
  const stop = async () => {
    await end(daemon);
    await removeEngine(folder);
    restore();
  };
  const kill = () => end(daemon, 'SIGKILL');
  const restart = async () => {
    // Its containerd has died with it, but is a zombie until init reaps it: a new engine would wait 15 s for that one to answer.
    rmSync(join(folder, 'exec/containerd/containerd.pid'), { force: true });
    // Right after the kill, what the old one has started may still be in the way.
    for (let attempt = 0; attempt < 3; attempt++) {
      daemon = launch();
      await until(() => answers() || daemon.exitCode !== null, 30, 0.2);
      if (answers()) return;
      await end(daemon);
    }
    throw new Error('the engine did not start again');
  };
  if (await until(answers, 30, 0.2)) return { stop, kill, restart };
  await stop();
  return undefined;
}

export function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** What of ctload's an engine and this machine's rules still have. */
export function dockerLeftovers(): string[] {
  const label = ['--filter', 'label=ctload.run'];
  return [
    ...docker('ps', '-a', ...label, '--format', '{{.ID}} {{.Names}}: {{.Status}}')
      .split('\n')
      .filter((line) => exists(line.split(' ')[0] ?? '')),
    ...docker('network', 'ls', ...label, '-q').split('\n'),
    ...nftTables().filter((table) => table.includes('ctload-')),
  ].filter((line) => line !== '');
}

/** An engine that was killed may list a container that it no longer has. */
function exists(id: string): boolean {
  try {
    return id !== '' && docker('inspect', id) !== '';
  } catch {
    return false;
  }
}

function answers(): boolean {
  if (findTool('docker') === undefined || !existsSync(SOCKET)) return false;
  try {
    return docker('version', '--format', '{{.Server.Version}}') !== '';
  } catch {
    return false;
  }
}

async function end(daemon: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = new Promise((resolve) => daemon.on('exit', resolve));
  daemon.kill(signal);
  await ended;
}
