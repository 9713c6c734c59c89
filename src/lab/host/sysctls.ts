import { readFileSync } from 'node:fs';
import { execute, type Host } from '../../platform/exec.ts';

/** Local ports that the kernel assigns, first and last. */
export const PORTS_SYSCTL = 'net.ipv4.ip_local_port_range';

/** `net.ipv4.ip_forward` → `/proc/sys/net/ipv4/ip_forward`. */
export function sysctlPath(name: string): string {
  return `/proc/sys/${name.replaceAll('.', '/')}`;
}

/** Differs between machines and between boots of one; it is the kernel's, not a namespace's. */
export const BOOT_ID = 'kernel.random.boot_id';

/** Value in ctload's own namespace; undefined when this kernel lacks it. */
export function readSysctl(name: string): string | undefined {
  try {
    return readFileSync(sysctlPath(name), 'utf8').trim();
  } catch {
    return undefined;
  }
}

const WRITE = 'while read -r file value; do [ -e "$file" ] || continue; echo "$value" > "$file" || exit 1; done';
const READ = 'grep -sH "" "$@"; true'; // missing ones are not an error

/**
 * Sets `values` on `host`, with one process; those this kernel lacks are left out.
 * @throws {CommandError} when the kernel refuses one.
 */
export async function writeSysctls(host: Host, values: Readonly<Record<string, string | number>>): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `${sysctlPath(name)} ${value}`);
  await execute(['sh', '-c', WRITE], { host, input: lines.join('\n') });
}

/** Reads `names` on `host`, with one process; those this kernel lacks are left out. */
export async function readSysctls(host: Host, names: readonly string[]): Promise<Record<string, string>> {
  const nameOf = new Map(names.map((name) => [sysctlPath(name), name]));
  const output = await execute(['sh', '-c', READ, 'sh', ...nameOf.keys()], { host });
  const values: Record<string, string> = {};
  for (const line of output.split('\n')) {
    const [, path = '', value = ''] = /^([^:]+):(.*)$/.exec(line) ?? [];
    const name = nameOf.get(path);
    if (name !== undefined) values[name] = value.trim().replaceAll('\t', ' ');
  }
  return values;
}
