import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConntrack, readLimits } from '../../src/lab/host/limits.ts';
import { Cleanup } from '../../src/platform/cleanup.ts';
import { CtloadError } from '../../src/platform/errors.ts';
import { ExitCode } from '../../src/platform/exit-codes.ts';
import { requireTools } from '../../src/platform/tools.ts';
import { type Contestant, peers } from './contestants.ts';
import { datagramRace } from './datagrams.ts';
import { interruption, tell } from './ending.ts';
import { FLOODS, FloodRunner, type FloodUnderTest, highestRate, twice } from './floods.ts';
import { measured, runAll } from './race.ts';
import { benchMarkdown, benchReport, type Raw } from './report.ts';
import { type Bench, type Course, raise } from './site.ts';
import { rotated } from './statistics.ts';
import { fetchTools, type Tools } from './tools.ts';
import { toolVersions } from './versions.ts';

const USAGE = `npm run bench -- [--rounds 5] [--seconds 2] [--only TEXT] [--tools FOLDER] [--output FOLDER]
  --only    contestants whose name contains TEXT (repeatable)
  --tools   keep what is fetched in FOLDER, for the next time
  --output  where bench.json and bench.md go (default: results)`;

const CLI = resolve('dist/cli.js'); // npm runs scripts in the package's folder
const ON_TIME = 0.97; // of the rate asked for, as the backend saw it: less is another load
const MOST_A_SECOND = 40_000; // no contestant makes more connections
const MOST_FAILED = 0.001; // of the attempts of a round that counts
const HOPELESS = 2; // lost rounds without a good one, after which a tool is given up
const LONGEST_DATAGRAM_RACE = 20; // seconds
const TRIAL_SECONDS = 1.5; // of the search for a flood's rate

interface Outcome {
  /** What went wrong, if anything did: the round then has no figure. */
  readonly trouble?: string | undefined;
  /** Of a flood: whether it kept its schedule. */
  readonly keptUp?: boolean;
}

interface Entrant extends Raw {
  readonly rates: number[];
  readonly lost: string[];
  asked?: { readonly rate: number; keptUp: number };
  cannot?: string;
  /** One round. */
  readonly go?: () => Promise<Outcome>;
}

const interrupted = interruption();
const say = (line: string) => void process.stderr.write(`bench: ${line}\n`);

async function main(): Promise<void> {
  const { rounds, seconds, only, tools: toolsFolder, output, help } = options();
  if (help) return void process.stdout.write(`${USAGE}\n`);
  if (process.getuid?.() !== 0) {
    throw new CtloadError('the bench needs root: it builds namespaces and unpacks packages', { exitCode: ExitCode.hostUnfit });
  }
  requireTools(['ip', 'iptables-restore', 'conntrack', 'nsenter', 'setpriv', 'ss', 'apt-get', 'dpkg', 'npm']);
  await loadConntrack();
  requireRoom(seconds);
  const startedAt = new Date();
  await using cleanup = new Cleanup();
  const scratch = mkdtempSync(join(tmpdir(), 'ctload-bench-'));
  cleanup.defer('scratch folder', () => rmSync(scratch, { recursive: true, force: true }));
  const tools = await fetchTools(toolsFolder ?? join(scratch, 'tools'), say);
  const bench = await raise(randomBytes(3).toString('hex'), join(scratch, 'nginx'), tools, cleanup);

  const wanted = ({ name }: { name: string }) => only.length === 0 || only.some((text) => name.includes(text));
  const runner = new FloodRunner(bench, join(scratch, 'floods'), CLI);
  const entrants: Entrant[] = [];
  for (const flood of FLOODS.filter(wanted)) entrants.push(await enterFlood(flood, runner, bench, seconds));
  for (const peer of peers(tools, bench.targets, seconds).filter(wanted)) entrants.push(enterPeer(peer, bench, tools, seconds));

  for (let round = 0; round < rounds; round++) {
    for (const entrant of rotated(entrants, round)) await runRound(entrant, bench, round);
  }
  entrants.push(...(await raceDatagrams({ rounds, wanted, tools, scratch, cleanup })));
  const raw = entrants.map(({ go: _, ...result }) => result);
  const about = { startedAt: startedAt.toISOString(), rounds, seconds, versions: await toolVersions(tools, CLI) };
  const report = benchReport(raw, about);
  const markdown = benchMarkdown(report);
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(output, 'bench.md'), markdown);
  process.stdout.write(markdown);
  say(`written: ${join(output, 'bench')}.json and .md`);
}

/** In a lab of its own, with UDP rules that connections need not walk, when the others are through. */
async function raceDatagrams({
  rounds,
  wanted,
  tools,
  scratch,
  cleanup,
}: {
  readonly rounds: number;
  readonly wanted: (one: { name: string }) => boolean;
  readonly tools: Tools;
  readonly scratch: string;
  readonly cleanup: Cleanup;
}): Promise<Entrant[]> {
  const { bench, contestants } = await datagramRace(randomBytes(3).toString('hex'), scratch, tools, cleanup);
  const entrants = contestants.filter(wanted).map((one): Entrant => {
    const { name, job, flood } = one;
    if (flood === undefined) return enterPeer(one, bench, tools, LONGEST_DATAGRAM_RACE);
    return { name, job, rates: [], lost: [], go: async () => ({ trouble: await flood() }) };
  });
  for (let round = 0; round < rounds; round++) {
    for (const entrant of rotated(entrants, round)) await runRound(entrant, bench, round);
  }
  return entrants;
}

async function runRound(entrant: Entrant, bench: Course, round: number): Promise<void> {
  const { go, name, job } = entrant;
  if (go === undefined || entrant.cannot !== undefined) return;
  const { rate, result } = await measured(bench, go, interrupted);
  const trouble = result.trouble ?? (rate > 0 ? undefined : 'the backend saw nothing of it');
  if (trouble === undefined) {
    entrant.rates.push(rate);
    if (result.keptUp && entrant.asked !== undefined) entrant.asked.keptUp++;
  } else {
    entrant.lost.push(trouble);
    if (entrant.rates.length === 0 && entrant.lost.length === HOPELESS) entrant.cannot = trouble;
  }
  say(`round ${round + 1}: ${name} (${job}): ${trouble ?? `${Math.round(rate)}/s`}`);
}

function enterPeer({ name, job, commands, cannot }: Contestant, { site }: Course, tools: Tools, seconds: number): Entrant {
  if (commands === undefined) return { name, job, rates: [], lost: [], cannot: cannot ?? 'no command' };
  const go = async () => ({ trouble: await runAll(site.client, commands, tools.env, seconds) });
  return { name, job, rates: [], lost: [], go };
}

/** Finds the flood's rate first, which takes some trials. */
async function enterFlood(flood: FloodUnderTest, runner: FloodRunner, bench: Bench, seconds: number): Promise<Entrant> {
  const { name, job } = flood;
  const obstacle = runner.obstacle(flood);
  if (obstacle !== undefined) return { name, job, rates: [], lost: [], cannot: `not in this build: ${obstacle}` };
  const trial = async (tried: number) => {
    const { result, rate: seen } = await measured(bench, () => runner.run(flood, tried, TRIAL_SECONDS), interrupted);
    const onTime = result.keptUp && seen >= ON_TIME * tried;
    say(`${name}: asked for ${tried}/s, the backend saw ${Math.round(seen)}/s: ${onTime ? 'kept up' : 'fell behind'}`);
    return onTime;
  };
  const rate = await highestRate((tried) => twice(() => trial(tried)));
  if (rate === 0) return { name, job, rates: [], lost: [], cannot: 'it fell behind at every rate' };
  const asked = { rate, keptUp: 0 };
  const go = async () => {
    const { keptUp, failed, attempted } = await runner.run(flood, rate, seconds);
    return { keptUp, trouble: failed > MOST_FAILED * attempted ? `${failed} of ${attempted} attempts failed` : undefined };
  };
  return { name, job, rates: [], lost: [], asked, go };
}

function options() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      only: { type: 'string', multiple: true, default: [] },
      tools: { type: 'string' },
      output: { type: 'string', default: 'results' },
      help: { type: 'boolean', default: false },
    },
  });
  const whole = (key: 'rounds' | 'seconds'): number => {
    const value = Number(values[key]);
    if (Number.isInteger(value) && value >= 1 && value <= 100) return value;
    throw new CtloadError(`--${key} ${values[key]}: expected a whole number from 1 to 100`, {
      hint: USAGE,
      exitCode: ExitCode.usage,
    });
  };
  return { ...values, rounds: whole('rounds'), seconds: whole('seconds') };
}

/** A table that fills would end the race. @throws {CtloadError} exit 112 */
function requireRoom(seconds: number): void {
  const { max } = readLimits();
  const longest = Math.floor(max / MOST_A_SECOND);
  if (seconds <= longest) return;
  throw new CtloadError(`--seconds ${seconds}: the gateway's table of ${max} entries could fill in a run`, {
    hint: longest === 0 ? `raise net.netfilter.nf_conntrack_max to ${MOST_A_SECOND * seconds}` : `${longest} at most here`,
    exitCode: ExitCode.hostUnfit,
  });
}

main().catch(tell);
