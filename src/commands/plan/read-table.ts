import { createReadStream, existsSync, fstatSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CtloadError, messageOf, reasonOf, usageError } from '../../platform/errors.ts';
import { CommandError, spawn } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { eachLine } from '../../platform/lines.ts';
import type { TableRequest } from '../../session/plan.ts';
import { Census } from '../../sizing/listing/census.ts';
import { HERE } from './plan-values.ts';

const LONGEST_LINE = 64 * 1024; // characters; an entry has a few hundred
const CHUNK = 2 ** 20; // bytes
const HINT = 'give what conntrack -L prints (also -o extended or xml, gzip too), or a copy of /proc/net/nf_conntrack; - is stdin';

export interface TableFlags {
  /** --table; HERE for that of this machine */
  readonly file: string | undefined;
  /** --earlier-table */
  readonly earlier: string | undefined;
  readonly intervalSeconds: number | undefined;
  readonly staleAfterSeconds: number | undefined;
  readonly top: number | undefined;
  readonly anonymise: boolean;
}

/** Idle for as long, an established connection counts as stale, unless a flag says otherwise; seconds. */
export const STALE_AFTER = 600;
const TOP = 10; // services
const OWN_TABLE = '/proc/net/nf_conntrack';

/**
 * The listings that flags name.
 * @throws {CtloadError} exit 2 for flags that need each other, and as readTable and readTableHere.
 */
export async function readTables(flags: TableFlags): Promise<TableRequest | undefined> {
  const { file, earlier, intervalSeconds: seconds, staleAfterSeconds, top, anonymise } = flags;
  if (file === undefined) {
    const given = [earlier, seconds, staleAfterSeconds, top].some((one) => one !== undefined) || anonymise;
    if (!given) return undefined;
    throw usageError(
      '--earlier-table, --table-interval, --stale-after, --top and --anonymise are about --table, and it is not given',
      'name a listing with --table',
    );
  }
  if ((earlier === undefined) !== (seconds === undefined) || seconds === 0) {
    throw usageError(
      '--earlier-table and --table-interval need each other',
      'e.g. --earlier-table before.txt --table-interval 10m',
    );
  }
  const before = earlier === undefined ? undefined : await readTable(earlier, '--earlier-table');
  return {
    ...(await readTableOrHere(file, '--table')),
    earlier: before && seconds ? { census: before, seconds } : undefined,
    staleAfterSeconds: staleAfterSeconds ?? STALE_AFTER,
    top: top ?? TOP,
    anonymise,
  };
}

/**
 * The table that `flag` names, HERE being that of this machine, and what it is called.
 * @throws {CtloadError} exit 2 when a listing cannot be read, or has no entry; 112 where that of this machine cannot be.
 */
export async function readTableOrHere(file: string, flag: string): Promise<{ readonly source: string; readonly census: Census }> {
  if (file === HERE) return { source: 'this machine', census: await readTableHere() };
  return { source: file, census: await readTable(file, flag) };
}

/**
 * Counts the entries of the listing that `flag` names, plain or gzip; `-` is stdin. Line by line: a listing of a million entries is not held in memory.
 * @throws {CtloadError} exit 2 when it cannot be read, or has no entry.
 */
async function readTable(file: string, flag: string): Promise<Census> {
  const census = new Census();
  try {
    await countLines(open(file), census);
  } catch (cause) {
    if (census.entries === 0) throw usageError(`cannot read ${flag} ${file}: ${reasonOf(cause)}`, HINT, cause);
    census.cutShort = messageOf(cause); // what came before it counts
  }
  if (census.entries > 0) return census;
  const [first] = census.samples;
  const says = first === undefined ? 'it is empty' : `line ${first.line} is ${JSON.stringify(first.text)}`;
  throw usageError(`${flag} ${file}: no entry of a conntrack table; ${says}`, HINT);
}

/**
 * The same of the table of the network namespace that ctload runs in. The kernel frees the expired entries that a listing meets.
 * @throws {CtloadError} exit 112 where it cannot be listed: no root, no conntrack, or the tool is missing.
 */
async function readTableHere(): Promise<Census> {
  const census = new Census();
  try {
    if (existsSync(OWN_TABLE)) await countLines(open(OWN_TABLE), census);
    else for (const family of ['ipv4', 'ipv6']) await listFamily(family, census);
  } catch (cause) {
    throw new CtloadError(`cannot list the conntrack table of this machine: ${reasonOf(cause)}`, {
      hint: `run as root; where the kernel has no ${OWN_TABLE}, install conntrack-tools`,
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
  return census;
}

async function listFamily(family: string, census: Census): Promise<void> {
  const child = spawn(['conntrack', '-L', '-f', family]);
  child.onLine((line) => census.addLine(line));
  child.end();
  const exit = await child.exited;
  if (exit.code !== 0) throw new CommandError(child.command, exit);
}

function open(file: string): Readable {
  if (file === '-') return process.stdin;
  const fd = openSync(file, 'r'); // a pipe too, as a shell's <(conntrack -L) is one
  if (fstatSync(fd).isCharacterDevice()) throw new Error('it is a device');
  return createReadStream('', { fd, highWaterMark: CHUNK });
}

async function countLines(raw: Readable, census: Census): Promise<void> {
  const head = await firstChunk(raw);
  if (head === null) return;
  raw.unshift(head);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const text = isGzip ? raw.pipe(createGunzip({ chunkSize: CHUNK })) : raw;
  eachLine(text, (line) => census.addLine(line), LONGEST_LINE);
  await Promise.all([finished(text), finished(raw, { writable: false })]);
}

async function firstChunk(stream: Readable): Promise<Buffer | null> {
  for (;;) {
    const chunk: Buffer | null = stream.read();
    if (chunk !== null || stream.readableEnded) return chunk;
    await new Promise<void>((resolve, reject) => {
      stream.once('readable', resolve).once('end', resolve).once('error', reject);
    });
  }
}
