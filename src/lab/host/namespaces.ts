import { existsSync, readdirSync, statSync } from 'node:fs';
import { until } from '../../platform/clock.ts';
import { CtloadError } from '../../platform/errors.ts';
import { execute, type Host, here, hostWithin } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { NETNS_FOLDER, namespacePath } from './names.ts';
import { processesByNamespace } from './processes.ts';

const GONE_TIMEOUT = 30; // seconds; the kernel closes about 90,000 open sockets per second
const QUIESCE_SECONDS = 30;

/** A network namespace as a Host: processes keep everything of `machine`, by default this one, but its network. */
export function namespaceHost(name: string, role: string, machine = here): Host {
  return hostWithin(machine, role, ['nsenter', `--net=${namespacePath(name)}`, '--']);
}

/** @throws {CommandError} naming what the kernel refused. */
export async function addNamespaces(names: readonly string[], machine = here): Promise<void> {
  await execute(['ip', '-batch', '-'], { host: machine, input: names.map((name) => `netns add ${name}`).join('\n') });
}

/** Names under /run/netns. */
export function listNamespaces(): string[] {
  try {
    return readdirSync(NETNS_FOLDER);
  } catch {
    return [];
  }
}

/** Inode, as the kernel log and /proc/PID/ns/net name it; undefined when there is no such namespace. */
export function namespaceInode(name: string): number | undefined {
  try {
    return statSync(namespacePath(name)).ino;
  } catch {
    return undefined;
  }
}

/**
 * Kills the processes in the namespaces `names` and deletes them, all at once; those that do not exist are not an error.
 * @throws {CtloadError} exit 101 listing the namespaces and processes that are left.
 */
export async function deleteNamespaces(names: readonly string[]): Promise<void> {
  const present = names.filter((name) => existsSync(namespacePath(name)));
  if (present.length === 0) return;
  await silenceNamespaces(present);
  const inodes = new Set(present.map(namespaceInode));
  const survivors = () => [...processesByNamespace()].filter(([inode]) => inodes.has(inode)).flatMap(([, pids]) => pids);
  const ended = await until(() => killAll(survivors()) === 0, GONE_TIMEOUT);
  await execute(['ip', '-force', '-batch', '-'], { input: present.map((name) => `netns delete ${name}`).join('\n') }).catch(
    () => {},
  );
  for (const name of present) silenced.delete(name);
  const left = present.filter((name) => existsSync(namespacePath(name)));
  if (!ended || left.length > 0) throw leftError(left, ended ? [] : survivors());
}

/** Names of those that have been, and still exist: once is enough. */
const silenced = new Set<string>();

/** Removes everything from the namespaces `names` that would make their end slow; those that no longer exist are not an error. */
export async function silenceNamespaces(names: readonly string[]): Promise<void> {
  await Promise.all(
    names
      .filter((name) => !silenced.has(name))
      .map(async (name) => {
        if (await quiesce(name)) silenced.add(name);
      }),
  );
}

/**
 * Deletes the links before anything is killed, so that killing thousands of connections sends nothing, and makes the kernel abandon
 * orphaned sockets at once: each would keep the namespace alive, without a name, for minutes. Flushes the table, because its entries
 * would be freed only later, invisibly, and until then occupy the hash table of the next lease: once before the links, as for each that
 * goes down masquerading looks at every entry (masq_device_event; 4 million entries took 2.4 s longer), and once after them for what
 * came meanwhile. Returns whether it came to its end; the deletion reports what is left.
 */
async function quiesce(name: string): Promise<boolean> {
  const links = 'for link in front back; do ip link delete "$link"; done';
  const script = `echo 1 > /proc/sys/net/ipv4/tcp_orphan_retries; conntrack --flush; ${links}; conntrack --flush`;
  const options = { host: namespaceHost(name, name), seconds: QUIESCE_SECONDS };
  return execute(['sh', '-c', script], options).then(
    () => true,
    () => false,
  );
}

function killAll(pids: readonly number[]): number {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // it has ended meanwhile
  }
  return pids.length;
}

function leftError(names: readonly string[], pids: readonly number[]): CtloadError {
  const left = [...names.map((name) => `namespace ${name}`), ...pids.map((pid) => `process ${pid}`)];
  return new CtloadError(`could not remove ${left.join(', ')}`, {
    hint: 'try again with: ctload clean',
    exitCode: ExitCode.teardown,
  });
}
