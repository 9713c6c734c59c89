import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { CtloadError } from '../../platform/errors.ts';
import { execute, searchPath } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { requireTools } from '../../platform/tools.ts';
import { STATE_FOLDER, statFile } from '../host/names.ts';

/**
 * Set inside the user namespace (not CTLOAD_…: those are scenario keys): pid of the ctload outside, which stays in the host's
 * network namespace.
 */
const OUTSIDE_PID = '_CTLOAD_OUTSIDE_PID';

/** A pipe whose other end only the ctload outside holds: it closes when that process dies. */
const LIFELINE_FD = 3;

/** Those that namespaces need, by their bit (linux/capability.h). */
const CAPABILITIES: Readonly<Record<string, bigint>> = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n };

/** Makes this user root in new namespaces that end with the command. */
export const UNSHARE = ['unshare', '--user', '--map-root-user', '--mount', '--net', '--'];

/**
 * iproute2 has to write to /run/netns. Where only root could create that folder, a tmpfs is mounted over /run; /run/ctload, where
 * a lease on this host keeps its state, stays visible (the shell's working directory is in it meanwhile).
 */
const PREPARE = `
if [ -d /run/netns ]; then mount -t tmpfs tmpfs /run/netns || exit 1
else
  here=$PWD; kept=
  if cd ${STATE_FOLDER} 2>/dev/null; then kept=yes; fi
  mount -t tmpfs tmpfs /run || exit 1
  if [ -n "$kept" ]; then mkdir ${STATE_FOLDER} && mount --no-canonicalize --rbind . ${STATE_FOLDER} || exit 1; fi
  cd "$here" || exit 1
fi
exec "$@"`;

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGWINCH'] as const;

/** Whether this process runs inside the user namespace that `reenter` made. */
export function isRootless(): boolean {
  return process.env[OUTSIDE_PID] !== undefined;
}

/**
 * Whether building namespaces needs a user namespace first: not root, or root without the two capabilities, or only in a user
 * namespace that is somebody else's (`unshare -Ur`), where they do not extend to /run/netns.
 */
export function needsUserNamespace(): boolean {
  if (isRootless()) return false;
  return missingCapabilities().length > 0 || !inInitialUserNamespace();
}

function missingCapabilities(): string[] {
  const effective = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  return Object.entries(CAPABILITIES).flatMap(([name, bit]) => (((effective >> bit) & 1n) === 0n ? name : []));
}

/** The initial user namespace maps every id to itself. */
function inInitialUserNamespace(): boolean {
  return /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
}

/** Statistics file of the host's own table, which is not the current one inside a user namespace. */
export function hostTablePath(): string {
  return statFile(process.env[OUTSIDE_PID]);
}

const PRIVILEGED = 'start it with --privileged (GitLab runner: privileged = true)';

/** @throws {CtloadError} exit 112 naming what this process lacks to build network namespaces, with or without a user namespace. */
export async function requireNamespaces(): Promise<void> {
  requireWritableSettings();
  if (needsUserNamespace()) await requireUserNamespaces();
}

/** A container shows the kernel's settings read-only, whatever its capabilities. */
export function requireWritableSettings(mounts = readFileSync('/proc/self/mounts', 'utf8')): void {
  const above = mounts.split('\n').flatMap((line) => {
    const [, path = '', , options = ''] = line.split(' ');
    return path === '/proc' || path === '/proc/sys' ? [{ path, readOnly: options.split(',').includes('ro') }] : [];
  });
  if (above.findLast(({ path }) => path === '/proc/sys')?.readOnly ?? above.at(-1)?.readOnly) {
    const missing = process.getuid?.() === 0 ? missingCapabilities() : []; // another user would need a user namespace
    const lacking = missing.length === 0 ? '' : `, and this root lacks ${missing.join(' and ')}`;
    throw new CtloadError(`/proc/sys is read-only here${lacking}: ctload cannot set up its network namespaces`, {
      hint:
        `in a container: ${PRIVILEGED}, or with --cap-add NET_ADMIN --cap-add SYS_ADMIN ` +
        '--security-opt systempaths=unconfined --security-opt apparmor=unconfined',
      exitCode: ExitCode.hostUnfit,
    });
  }
}

async function requireUserNamespaces(): Promise<void> {
  requireTools(['unshare']);
  try {
    await execute([...UNSHARE, 'true']);
  } catch (cause) {
    const allow =
      'sysctl -w user.max_user_namespaces=15000, and where they exist ' +
      'kernel.unprivileged_userns_clone=1 (Debian) and kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu)';
    const missing = missingCapabilities().join(' and ');
    const root = process.getuid?.() === 0;
    throw new CtloadError(
      root
        ? `this root lacks ${missing === '' ? 'rights outside of its user namespace' : missing}, and user namespaces are not available to it`
        : 'ctload needs root, or user namespaces, which are not available to this user',
      {
        hint: root
          ? `in a container: ${PRIVILEGED}; elsewhere allow user namespaces: ${allow}`
          : `run it with sudo, or allow them as root: ${allow}`,
        exitCode: ExitCode.hostUnfit,
        cause,
      },
    );
  }
}

/**
 * Runs `argv` as root of a new user namespace, with mount and network namespaces of its own, on this terminal; returns its
 * exit code (128 + signal number when one ended it). It runs in its own session: a Ctrl-C reaches only this process, which
 * forwards each signal once.
 * @throws {CtloadError} exit 112 when this user is not permitted to create user namespaces.
 */
export async function reenter(argv: readonly string[]): Promise<number> {
  await requireNamespaces();
  const [file = '', ...args] = [...UNSHARE, 'sh', '-c', PREPARE, 'ctload', ...argv];
  const child = spawn(file, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    detached: true,
    env: { ...process.env, PATH: searchPath(), [OUTSIDE_PID]: String(process.pid) },
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
    });
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}

/** Calls `callback` when the ctload outside the user namespace has ended, even if killed. Does nothing outside a user namespace. */
export function onParentGone(callback: () => void): void {
  if (!isRootless()) return;
  const lifeline = new Socket({ fd: LIFELINE_FD });
  lifeline.on('error', () => {}); // 'close' follows
  lifeline.on('close', callback);
  lifeline.resume();
  lifeline.unref();
}
