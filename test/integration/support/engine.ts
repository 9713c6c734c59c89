import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../src/platform/clock.ts';
import { findTool } from '../../../src/platform/tools.ts';
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
const FORWARD = '/proc/sys/net/ipv4/ip_forward';

/** The engine that runs here, or one started for the tests, installed from Debian when need be; undefined where that is not possible. */
export async function provideEngine(): Promise<TestEngine | undefined> {
  if (answers()) return { stop: async () => {} };
  if (!install(['docker.io', 'dockerd'])) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'ctload-engine-'));
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
    restore();
    unmountBelow(folder);
    rmSync(folder, { recursive: true, force: true });
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
  const label = ['--filter', 'label=ctload.run', '-q'];
  return [
    ...docker('ps', '-a', ...label).split('\n'),
    ...docker('network', 'ls', ...label).split('\n'),
    ...nftTables().filter((table) => table.includes('ctload-')),
  ].filter((line) => line !== '');
}

function answers(): boolean {
  if (findTool('docker') === undefined || !existsSync(SOCKET)) return false;
  try {
    return docker('version', '--format', '{{.Server.Version}}') !== '';
  } catch {
    return false;
  }
}

const nftTables = () =>
  execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');

/** dockerd leaves one folder mounted, and more when it was killed. */
function unmountBelow(folder: string): void {
  const mounted = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  const below = mounted.filter((path) => path.startsWith(`${folder}/`));
  if (below.length > 0) execFileSync('umount', below.reverse());
}

/**
 * dockerd switches forwarding on, closes it, and adds chains and tables, and leaves all that behind: with its nat table this
 * machine tracks its own connections, and a later lease may find too many of them. Returns what undoes it.
 */
function rememberFirewall(): () => void {
  const tables = nftTables();
  const forward = readFileSync(FORWARD, 'utf8');
  const policy = /^:FORWARD (\w+)/m.exec(execFileSync('iptables-save', ['-t', 'filter'], { encoding: 'utf8' }))?.[1] ?? 'ACCEPT';
  return () => {
    writeFileSync(FORWARD, forward);
    const rules: string[] = [];
    for (const table of ['filter', 'nat']) {
      const saved = execFileSync('iptables-save', ['-t', table], { encoding: 'utf8' }).split('\n');
      const jumps = saved.filter((line) => /^-A (?!DOCKER).*-j DOCKER/.test(line)).map((line) => line.replace('-A', '-D'));
      const chains = saved.flatMap((line) => /^:(DOCKER[\w-]*) /.exec(line)?.[1] ?? []);
      const reset = table === 'filter' ? [`:FORWARD ${policy} [0:0]`] : [];
      rules.push(
        `*${table}`,
        ...reset,
        ...jumps,
        ...chains.map((chain) => `-F ${chain}`),
        ...chains.map((chain) => `-X ${chain}`),
        'COMMIT',
      );
    }
    execFileSync('iptables-restore', ['--noflush'], { input: `${rules.join('\n')}\n` });
    for (const table of nftTables()) {
      if (/^table ip6? (nat|filter|raw)$/.test(table) && !tables.includes(table))
        execFileSync('nft', ['delete', ...table.split(' ')]);
    }
  };
}

async function end(daemon: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = new Promise((resolve) => daemon.on('exit', resolve));
  daemon.kill(signal);
  await ended;
}
