import { readdirSync, readFileSync } from 'node:fs';

/** A process and what it costs at the moment. */
export interface ProcessReading {
  readonly pid: number;
  /** With its arguments. */
  readonly command: string;
  readonly rssBytes: number;
  /** The most it ever had. */
  readonly peakBytes: number;
}

/** `root` and everything it has started, as far as it is still there (proc(5)). */
export function processTree(root: number): ProcessReading[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [Number(name)]);
    else siblings.push(Number(name));
  }
  const found: ProcessReading[] = [];
  for (const open = [root]; open.length > 0; ) {
    const pid = open.pop() as number;
    const reading = readProcess(pid);
    if (reading !== undefined) found.push(reading);
    open.push(...(children.get(pid) ?? []));
  }
  return found;
}

function parentOf(pid: string): number | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function readProcess(pid: number): ProcessReading | undefined {
  const status = textOf(`/proc/${pid}/status`);
  const command = textOf(`/proc/${pid}/cmdline`);
  if (status === undefined || command === undefined) return undefined;
  const bytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { pid, command: command.replaceAll('\0', ' ').trim(), rssBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') };
}

/** Bytes of the kernel's conntrack entries on this machine, all namespaces (slabinfo(5)); undefined where it may not be read. */
export function entryMemory(): number | undefined {
  const line = /^nf_conntrack\s+(\d+)\s+\d+\s+(\d+)/m.exec(textOf('/proc/slabinfo') ?? '');
  return line === null ? undefined : Number(line[1]) * Number(line[2]);
}

/** Undefined when the process is gone or the file is not for us. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
