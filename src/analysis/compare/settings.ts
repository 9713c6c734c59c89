import { createHash } from 'node:crypto';
import { bytes } from '../../model/format.ts';
import type { ComparedRun } from '../../model/result/comparison.ts';

export type Settings = Readonly<Record<string, string>>;

/** Scenario keys for which what was really used stands instead, or that shape neither load nor gateway. */
const REPLACED = ['lab.driver', 'gateway.conntrack.method'];
const HARMLESS = [
  'name',
  'description',
  'version',
  'thresholds',
  'find',
  'variants',
  'baseline',
  'versions',
  'gateway.conntrack.leaseWait',
];
/** What makes two machines two. */
const MACHINE = ['machine', 'lab', 'gateway.conntrack.method', 'sysctls.net.ipv4'];

/** Everything a run was made with, by dotted key. */
export function settingsOf({ summary, scenario }: ComparedRun): Settings {
  const { environment, conntrack, run } = summary;
  const own =
    scenario === null
      ? []
      : Object.entries(scenario)
          .filter(([key]) => !REPLACED.includes(key))
          .map(shortened);
  return {
    ...Object.fromEntries(own),
    'lab.driver': environment.driver,
    'lab.rootless': String(environment.rootless),
    'gateway.conntrack.method': conntrack.method,
    'machine.kernel': environment.kernel,
    'machine.cpus': String(environment.cpus),
    'machine.memory': bytes(toTenthOfGib(environment.memoryBytes)),
    ...prefixed('sysctls', environment.sysctls),
    'versions.ctload': run.version,
    'versions.node': environment.node,
    ...prefixed('versions', environment.tools),
  };
}

/** Machines of one size differ a little in what the kernel leaves of their memory. */
function toTenthOfGib(memoryBytes: number): number {
  return (Math.round((memoryBytes / 2 ** 30) * 10) / 10) * 2 ** 30;
}

/** Rules and configurations are many lines: their number and a checksum tell them apart. */
function shortened([key, value]: readonly [string, string]): [string, string] {
  if (!['gateway.rules', 'gateway.proxy.config'].some((area) => isInArea(area, key)) || !value.includes('\n'))
    return [key, value];
  const sum = createHash('sha256').update(value).digest('hex').slice(0, 12);
  return [key, `${value.trimEnd().split('\n').length} lines (SHA-256 ${sum})`];
}

/** Whether `key` is `area` or below it. */
export function isInArea(area: string, key: string): boolean {
  return key === area || key.startsWith(`${area}.`);
}

/** Whether a difference in `key` leaves load and gateway the same. */
export function isHarmless(key: string): boolean {
  return HARMLESS.some((area) => isInArea(area, key));
}

export function isOfMachine(key: string): boolean {
  return MACHINE.some((area) => isInArea(area, key));
}

/** What `area` allows: itself and all below it; with a key of the table also the sysctls that follow from it. */
export function allows(area: string, key: string): boolean {
  const isTable = isInArea('gateway.conntrack', area) || isInArea(area, 'gateway.conntrack');
  return isInArea(area, key) || (isTable && isInArea('sysctls.net.netfilter', key));
}

function prefixed(prefix: string, values: Settings): Settings {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, value]));
}
