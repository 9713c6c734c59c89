import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type Limits, readLimits } from '../../src/lab/host/limits.ts';
import type { Lab, LabOptions } from '../../src/lab/lab.ts';
import { createNetnsLab } from '../../src/lab/netns/netns.ts';
import type { Dataplane } from '../../src/model/input/dataplanes.ts';
import type { ConntrackSpec } from '../../src/model/input/scenario.ts';
import { type Child, execute, type Host, spawn } from '../../src/platform/exec.ts';
import type { Log } from '../../src/platform/log.ts';
import { programCommand } from '../../src/platform/program.ts';
import { bundled } from '../fixtures/bundled.ts';

interface Wish extends Partial<ConntrackSpec> {
  readonly dataplane?: Dataplane;
  readonly runId?: string;
  readonly log?: Log;
  readonly needsLease?: boolean;
  readonly signal?: AbortSignal;
}

/** A limit that no bystander on a development machine comes near, and what the kernel makes of it: whole pages of buckets. */
export const LOW = 200_000;
export const LOWERED: Limits = { max: LOW, buckets: 200_192 };

export const silent: Log = { info: () => {}, warn: () => {} };

/** A log that keeps what it was told. */
export function listener(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, info: (line) => lines.push(line), warn: (line) => lines.push(line) };
}

function labOptions({ dataplane, runId, log, needsLease = false, signal, ...conntrack }: Wish = {}): LabOptions {
  return {
    runId: runId ?? newRunId(),
    log: log ?? silent,
    needsLease,
    signal: signal ?? new AbortController().signal,
    gateway: {
      dataplane: dataplane ?? 'iptables',
      masquerade: 'outside',
      conntrack: { max: LOW, buckets: 'auto', method: 'sysctl', leaseWaitSeconds: 120, prefill: 0, timeouts: {}, ...conntrack },
    },
  };
}

export function newRunId(): string {
  return `t${randomBytes(3).toString('hex')}`;
}

export async function standLab(wish: Wish = {}): Promise<Lab> {
  return (await createNetnsLab(labOptions(wish))).ready;
}

/** Another ctload process with a lab of its own, held until it is killed or its stdin closes. */
export async function holdLab(wish: Wish = {}): Promise<Child & { readonly runId: string }> {
  const { signal: _, log: __, ...options } = labOptions(wish);
  const module = await bundled('lab/netns/netns.ts');
  const script = `
    const { createNetnsLab } = await import(${JSON.stringify(module)});
    const log = { info: console.error, warn: console.error };
    const { ready } = await createNetnsLab({ ...${JSON.stringify(options)}, log, signal: new AbortController().signal });
    const lab = await ready;
    console.log('up');
    for await (const chunk of process.stdin);
    await lab[Symbol.asyncDispose]();`;
  const child = spawn([process.execPath, '--input-type=module', '-e', script]);
  await new Promise<void>((resolve, reject) => {
    child.onLine(() => resolve());
    void child.exited.then((exit) => reject(new Error(exit.stderr)));
  });
  return { ...child, runId: options.runId };
}

/** Pids of the guardians that work for the process `owner`. */
export function guardiansOf(owner: number | undefined): number[] {
  const script = programCommand('guardian')[1] ?? '';
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return Number(parent) === owner && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').at(-2) === script;
      } catch {
        return false;
      }
    });
}

export function limits(): Limits {
  return readLimits();
}

/** The gateway's, client's or backend's table, listed. */
export function listTable(host: Host, ...filter: string[]): Promise<string> {
  return execute(['conntrack', '-L', ...filter], { host });
}

/** A TCP server on `port`, any address, that answers every connection with its peer's address and leaves it open. */
export async function serve(host: Host, port: number): Promise<Child> {
  const child = host.spawn([
    process.execPath,
    '-e',
    `const server = require('net').createServer((socket) => { socket.on('error', () => {}); socket.write(socket.remoteAddress + '\\n'); });
     server.listen({ port: ${port}, host: '0.0.0.0', backlog: 65535 }, () => console.log('listening'));
     process.stdin.resume().on('end', () => process.exit());`,
  ]);
  await new Promise<void>((resolve) => child.onLine(() => resolve()));
  return child;
}

/** Connects to each of `endpoints`, reads one line, resets the connection; prints what was read. */
export function visit(host: Host, endpoints: readonly { address: string; port: number }[]): Promise<string> {
  const script = `const net = require('net');
    for (const { address, port } of ${JSON.stringify(endpoints)}) {
      const socket = net.connect(port, address, () => {});
      socket.on('data', (data) => { process.stdout.write(data); socket.resetAndDestroy(); });
      socket.on('error', (error) => console.log(String(error)));
    }`;
  return execute([process.execPath, '-e', script], { host });
}
