import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProxyProgramName } from '../../model/input/proxy.ts';
import { execute } from '../../platform/exec.ts';
import type { Installation } from '../../platform/program.ts';
import { findTool, requireTools } from '../../platform/tools.ts';
import { EXTRAS } from '../dataplane/dataplanes.ts';
import { PROGRAM_SETUPS } from '../dataplane/programs/programs.ts';
import { packageContent } from '../docker/package-content.ts';
import type { CpioEntry } from './cpio.ts';

/** Where a guest has Node.js and ctload. */
export const IN_GUEST: Installation = {
  node: '/usr/bin/node',
  // Optimized code costs more than it saves where it is itself translated (TCG) and the machine has one CPU.
  flags: ['--no-opt'],
  root: '/ctload',
};

/** What a lab is set up and its table read with; copied from this machine. */
const NEEDED = ['ip', 'nft', 'conntrack', 'chrt', 'nsenter'] as const;
/** Those a guest can do without, if its dataplane does. */
const OPTIONAL = ['iptables-restore', 'ip6tables-restore', 'iptables', ...EXTRAS.flatMap(({ commands }) => commands)];

/** Whom a proxy may run as. */
const USERS = ['/etc/passwd', '/etc/group'] as const;

/**
 * Everything a guest needs besides its kernel: commands of this machine with their libraries, this Node.js, ctload's programs.
 * @param busybox that for all other commands
 * @param proxy the program that is its proxy; only a guest that needs it has it, as every byte makes booting slower
 * @throws {CtloadError} exit 112 naming a missing command.
 */
export async function guestFiles(busybox: string, proxy?: ProxyProgramName): Promise<Map<string, CpioEntry>> {
  requireTools(NEEDED);
  const files = new Map<string, CpioEntry>();
  const commands = new Map<string, string>([
    [IN_GUEST.node, process.execPath],
    ['/bin/busybox', busybox],
  ]);
  for (const name of [...NEEDED, ...OPTIONAL, ...(proxy === undefined ? [] : [proxy])]) {
    const tool = findTool(name);
    if (tool !== undefined) commands.set(`/usr/sbin/${name}`, realpathSync(tool));
  }
  const extensions = [...(await xtablesExtensions()), ...(proxy === undefined ? [] : modulesOf(proxy))];
  const binaries = [...commands.values(), ...extensions];
  for (const [path, source] of commands) files.set(path, { bytes: readFileSync(source), executable: true });
  for (const path of [...extensions, ...(await librariesOf(binaries))]) {
    files.set(path, { bytes: readFileSync(path), executable: true });
  }
  if (proxy !== undefined) for (const path of USERS) files.set(path, { bytes: readFileSync(path) });
  for (const [name, source] of packageContent()) {
    if (statSync(source).isFile()) files.set(join(IN_GUEST.root, name), { bytes: readFileSync(source) });
  }
  return files;
}

/** iptables loads its matches and targets by name. */
async function xtablesExtensions(): Promise<string[]> {
  const libraries = await librariesOf([process.execPath]);
  const folders = [...new Set(libraries.map((path) => join(dirname(realpathSync(path)), 'xtables')))];
  const folder =
    folders.find((path) => existsSync(path)) ?? (existsSync('/usr/lib64/xtables') ? '/usr/lib64/xtables' : undefined);
  return folder === undefined ? [] : readdirSync(folder).map((name) => join(folder, name));
}

/** Files of the modules that a proxy may load, by all the paths under which its configuration may name them. */
function modulesOf(proxy: ProxyProgramName): string[] {
  const folders = PROGRAM_SETUPS[proxy].modules.filter((path) => existsSync(path));
  return folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
}

/** The shared libraries of `binaries`, and what loads them, by the paths under which the loader looks for them. */
async function librariesOf(binaries: readonly string[]): Promise<string[]> {
  const text = await execute(['sh', '-c', 'for file; do ldd "$file" 2>/dev/null; done; true', 'sh', ...binaries]);
  const paths = text.split('\n').flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}

/** SHA-256 over paths and contents. */
export function hashOf(files: ReadonlyMap<string, CpioEntry>): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].sort()) {
    const entry = files.get(path);
    hash.update(`\0${path}\0`);
    if (entry !== undefined) hash.update('link' in entry ? entry.link : entry.bytes);
  }
  return hash.digest('hex');
}
