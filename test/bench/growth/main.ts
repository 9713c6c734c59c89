import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Cleanup } from '../../../src/platform/cleanup.ts';
import { CtloadError } from '../../../src/platform/errors.ts';
import { execute } from '../../../src/platform/exec.ts';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { interruption, tell } from '../ending.ts';
import { AGENT_COLUMNS, AGENT_COUNTS, agentsRow } from './agents.ts';
import { CONNECTION_COLUMNS, CONNECTION_COUNTS, connectionsRow } from './connections.ts';
import { ENTRY_COLUMNS, ENTRY_COUNTS, entriesRow } from './entries.ts';
import type { Site } from './lab-run.ts';
import { LENGTH_COLUMNS, LENGTHS, lengthRow, recordUnit } from './length.ts';
import {
  type Column,
  type GrowthReport,
  growthMarkdown,
  growthReport,
  PART_NAMES,
  type Part,
  type PartName,
  type Row,
} from './table.ts';

const USAGE = `npm run bench:growth -- [--only ${PART_NAMES.join('|')}] [--least NUMBER] [--most NUMBER] [--output FOLDER]
  --only    parts to measure (repeatable); the others stay as they are in FOLDER/growth.json
  --least   leaves rows of a smaller quantity as they are
  --most    leaves rows of a larger quantity as they are
  --output  where growth.json and growth.md go (default: results)`;

interface Plan {
  readonly columns: readonly Column[];
  readonly quantities: readonly number[];
  /** Prepares what all rows need, and measures one. */
  begin(site: Site): Promise<(quantity: number) => Promise<Row>>;
}

const PLANS: Readonly<Record<PartName, Plan>> = {
  entries: { columns: ENTRY_COLUMNS, quantities: ENTRY_COUNTS, begin: async (site) => (quantity) => entriesRow(site, quantity) },
  connections: {
    columns: CONNECTION_COLUMNS,
    quantities: CONNECTION_COUNTS,
    begin: async (site) => (quantity) => connectionsRow(site, quantity),
  },
  agents: { columns: AGENT_COLUMNS, quantities: AGENT_COUNTS, begin: async (site) => (quantity) => agentsRow(site, quantity) },
  length: {
    columns: LENGTH_COLUMNS,
    quantities: LENGTHS,
    begin: async (site) => {
      const unit = await recordUnit(site);
      return (quantity) => lengthRow(site, unit, quantity);
    },
  },
};

const CLI = resolve('dist/cli.js'); // npm runs scripts in the package's folder
const signal = interruption();
const say = (line: string) => void process.stderr.write(`growth: ${line}\n`);

async function main(): Promise<void> {
  const { only, least, most, output, help } = options();
  if (help) return void process.stdout.write(`${USAGE}\n`);
  if (process.getuid?.() !== 0) {
    throw new CtloadError('this bench needs root: it builds tables and reads the memory of processes', {
      exitCode: ExitCode.hostUnfit,
    });
  }
  await using cleanup = new Cleanup();
  const scratch = mkdtempSync(join(tmpdir(), 'ctload-growth-'));
  cleanup.defer('scratch folder', () => rmSync(scratch, { recursive: true, force: true }));
  const site: Site = { cli: CLI, scratch, signal };
  const versions = { ctload: await execute([process.execPath, CLI, '--version']), node: process.version };
  for (const name of only.length === 0 ? PART_NAMES : PART_NAMES.filter((part) => only.includes(part))) {
    const part = await measure(name, PLANS[name], site, { least, most });
    write(output, part, versions); // what was measured is kept, whatever comes
  }
  process.stdout.write(readFileSync(join(output, 'growth.md'), 'utf8'));
}

async function measure(
  name: PartName,
  { columns, quantities, begin }: Plan,
  site: Site,
  { least, most }: { readonly least: number; readonly most: number },
): Promise<Part> {
  const measuredAt = new Date().toISOString();
  const rows: Row[] = [];
  const measureRow = await begin(site);
  for (const quantity of quantities.filter((one) => one >= least && one <= most)) {
    const row = await measureRow(quantity);
    rows.push(row);
    say(`${name} ${quantity}: ${row.cannot ?? JSON.stringify(row.values)}`);
  }
  return { name, measuredAt, columns, rows };
}

function write(output: string, part: Part, versions: Readonly<Record<string, string>>): void {
  const file = join(output, 'growth.json');
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as GrowthReport).parts : [];
  const kept = (name: PartName) => before.filter((other) => other.name === name);
  const parts = PART_NAMES.flatMap((name) => (name === part.name ? [together(kept(name)[0], part)] : kept(name)));
  const report = growthReport(parts, versions);
  mkdirSync(output, { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(output, 'growth.md'), growthMarkdown(report));
}

/** The rows that were measured now, and those of the same part that were left out. */
function together(before: Part | undefined, part: Part): Part {
  const leftOut = (before?.rows ?? []).filter(({ quantity }) => part.rows.every((row) => row.quantity !== quantity));
  if (before === undefined || leftOut.length === 0) return part;
  const rows = part.rows.map((row) => ({ ...row, measuredAt: part.measuredAt }));
  return { ...part, measuredAt: before.measuredAt, rows: [...leftOut, ...rows].toSorted((a, b) => a.quantity - b.quantity) };
}

function options() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      least: { type: 'string', default: '0' },
      most: { type: 'string', default: 'Infinity' },
      output: { type: 'string', default: 'results' },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = values.only.find((name) => !(PART_NAMES as readonly string[]).includes(name));
  const [least, most] = [Number(values.least), Number(values.most)];
  if (unknown !== undefined || Number.isNaN(least) || Number.isNaN(most)) {
    throw new CtloadError(
      unknown === undefined
        ? `--least ${values.least} --most ${values.most}: expected numbers`
        : `--only ${unknown}: no such part`,
      {
        hint: USAGE,
        exitCode: ExitCode.usage,
      },
    );
  }
  return { ...values, least, most };
}

main().catch(tell);
