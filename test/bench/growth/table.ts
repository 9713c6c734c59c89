import { cpus, release, totalmem } from 'node:os';

/** `growth.json`, schema `ctload/growth@1`: what costs how much, by how much there is of it. */
export interface GrowthReport {
  readonly schema: 'ctload/growth@1';
  readonly machine: { readonly kernel: string; readonly cpu: string; readonly cpus: number; readonly memoryBytes: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
}

/** Costs against one quantity. */
export interface Part {
  readonly name: PartName;
  readonly measuredAt: string;
  readonly columns: readonly Column[];
  /** Ascending. */
  readonly rows: readonly Row[];
}

export const PART_NAMES = ['entries', 'connections', 'agents', 'length'] as const;
export type PartName = (typeof PART_NAMES)[number];

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly unit: 'seconds' | 'bytes' | 'milliseconds' | 'per-second' | 'count' | 'share';
  /** Whether it may grow no faster than the quantity. */
  readonly isCost: boolean;
}

export interface Row {
  readonly quantity: number;
  /** By column; null where it was not to be had. */
  readonly values: Readonly<Record<string, number | null>>;
  /** Why there are no values. */
  readonly cannot?: string;
  /** When it was measured, if not with the others of its part. */
  readonly measuredAt?: string;
}

export function growthReport(parts: readonly Part[], versions: Readonly<Record<string, string>>): GrowthReport {
  const machine = { kernel: release(), cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, memoryBytes: totalmem() };
  return { schema: 'ctload/growth@1', machine, versions, parts };
}

/**
 * k in cost ~ quantity^k between two rows: 1 is linear, below it the cost of a piece falls. Null where there is nothing to
 * compare.
 */
export function exponent(before: Row | undefined, row: Row, { key, isCost }: Column): number | null {
  const [from, to] = [before?.values[key], row.values[key]];
  if (!isCost || before === undefined || !from || !to || from < 0 || to < 0) return null;
  return Math.log(to / from) / Math.log(row.quantity / before.quantity);
}

const TITLES: Readonly<Record<PartName, readonly [heading: string, quantity: string, note: string]>> = {
  entries: [
    'Entries in the table',
    'entries',
    'A table of that size, filled before the load starts; then 3 s of 50 TCP connections a second. Start: from the command to the load. Teardown: from the end of the record to the first report, the run’s analysis included. `conntrack -F`: what the kernel alone takes to empty the same table, as an action of another run.',
  ],
  connections: [
    'Connections held',
    'WebSockets',
    'Opened at the rate asked for, then held for 3 s with heartbeats. Opened: between 5 % and 95 % of them. A socket’s memory: what all agents had at the most, without what they had when the load began.',
  ],
  agents: [
    'Load agents',
    'agents',
    'The same 5,000 TCP connections a second by more processes. There is no setting for their number: it follows from the sockets a scenario may need at once (here from its connect timeout), and is never below 2 or the number of cores.',
  ],
  length: [
    'Length of the run',
    'seconds',
    'The record of a real run of 5,000 connections a second by three floods, 10 ms samples, repeated to that length; cost of `ctload report`.',
  ],
};

export function growthMarkdown({ machine, versions, parts }: GrowthReport): string {
  const gib = (machine.memoryBytes / 2 ** 30).toFixed(0);
  const tools = Object.entries(versions).map(([tool, version]) => `${tool} ${version}`);
  return [
    '# How cost grows',
    '',
    `Measured by \`npm run bench:growth\` on ${machine.cpus} CPUs (${machine.cpu}), ${gib} GiB, kernel ${machine.kernel}; ${tools.join(', ')}. In parentheses the exponent k of cost ~ quantity^k since the row above: 1 is linear.`,
    '',
    ...parts.flatMap(section),
  ].join('\n');
}

function section({ name, measuredAt, columns, rows }: Part): string[] {
  const [heading, quantity, note] = TITLES[name];
  return [
    `## ${heading}`,
    '',
    `${note} ${measuredAt.slice(0, 10)}.`,
    '',
    `| ${[quantity, ...columns.map(({ title }) => title), ''].join(' | ')} |`,
    `|${'---|'.repeat(columns.length + 2)}`,
    ...rows.map((row, index) => rowText(columns, rows.slice(0, index).findLast(isMeasured), row)),
    '',
  ];
}

function isMeasured(row: Row): boolean {
  return row.cannot === undefined;
}

function rowText(columns: readonly Column[], before: Row | undefined, row: Row): string {
  const cells = columns.map((column) => {
    const value = row.values[column.key] ?? null;
    const k = exponent(before, row, column);
    return value === null ? '' : `${valueText(value, column.unit)}${k === null ? '' : ` (${exponentText(k)})`}`;
  });
  const note = row.cannot === undefined ? (row.measuredAt?.slice(0, 10) ?? '') : `cannot: ${row.cannot}`;
  return `| ${[row.quantity.toLocaleString('en'), ...cells, note].join(' | ')} |`;
}

/** Without a sign before 0.0. */
function exponentText(k: number): string {
  return (Math.round(k * 10) / 10 + 0).toFixed(1);
}

function valueText(value: number, unit: Column['unit']): string {
  switch (unit) {
    case 'seconds':
      return `${value.toFixed(2)} s`;
    case 'bytes':
      return bytesText(value);
    case 'per-second':
      return `${Math.round(value).toLocaleString('en')}/s`;
    case 'milliseconds':
      return `${value.toFixed(1)} ms`;
    case 'share':
      return `${(100 * value).toFixed(1)} %`;
    case 'count':
      return Math.round(value).toLocaleString('en');
  }
}

function bytesText(bytes: number): string {
  if (bytes < 1e4) return `${Math.round(bytes)} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
