import { cpus, release } from 'node:os';
import type { Job } from './contestants.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** `bench.json`, schema `ctload/bench@1`: new connections a second, counted by the backend's kernel. */
export interface BenchReport {
  readonly schema: 'ctload/bench@1';
  readonly startedAt: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly machine: { readonly kernel: string; readonly cpu: string; readonly cpus: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly BenchResult[];
}

export interface BenchResult {
  readonly name: string;
  readonly job: Job;
  /** One rate a round. */
  readonly rates: readonly number[];
  /** Why other rounds gave none. */
  readonly lost: readonly string[];
  readonly spread: Spread | null;
  /** Median ÷ that of wrk with 2 threads in the same bench. */
  readonly ratioToWrk: number | null;
  /** Of datagrams, median ÷ that of trafgen. */
  readonly ratioToTrafgen: number | null;
  /** What ctload was asked for, and in how many rounds it kept up. */
  readonly asked?: { readonly rate: number; readonly keptUp: number };
  readonly cannot?: string;
}

export const YARDSTICK = 'wrk, 2 threads';
export const DATAGRAM_YARDSTICK = 'trafgen, 1 process';

export type Raw = Omit<BenchResult, 'spread' | 'ratioToWrk' | 'ratioToTrafgen'>;

/** Adds medians and ratios. */
export function benchReport(
  raw: readonly Raw[],
  about: Pick<BenchReport, 'startedAt' | 'rounds' | 'seconds' | 'versions'>,
): BenchReport {
  const medianOf = (yardstick: string) => spreadOf(raw.find(({ name }) => name === yardstick)?.rates ?? [])?.median;
  const [wrk, trafgen] = [medianOf(YARDSTICK), medianOf(DATAGRAM_YARDSTICK)];
  const results = raw.map((one): BenchResult => {
    const spread = spreadOf(one.rates) ?? null;
    const ratio = (job: boolean, median: number | undefined) =>
      job && spread !== null && median ? spread.median / median : null;
    return { ...one, spread, ratioToWrk: ratio(one.job !== 'udp', wrk), ratioToTrafgen: ratio(one.job === 'udp', trafgen) };
  });
  const machine = { kernel: release(), cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length };
  return {
    schema: 'ctload/bench@1',
    ...about,
    machine,
    results,
  };
}

const JOBS: Readonly<Record<Job, string>> = {
  http: 'A new connection for every HTTP request',
  tcp: 'Connect and close, nothing else',
  udp: 'One datagram a flow, as fast as they go (counted as UdpNoPorts)',
};

export function benchMarkdown({ machine, versions, rounds, seconds, startedAt, results }: BenchReport): string {
  const listed = Object.entries(versions).map(([tool, version]) => `${tool} ${version}`);
  return [
    '# New connections a second',
    '',
    `${rounds} interleaved rounds of ${seconds} s, ${startedAt.slice(0, 10)}; ${machine.cpus} CPUs (${machine.cpu}) shared by client, gateway and backend; kernel ${machine.kernel}. Counted by the backend's kernel (TcpPassiveOpens), the same for all.`,
    '',
    `Versions: ${listed.join(', ')}.`,
    '',
    ...(Object.keys(JOBS) as Job[]).flatMap((job) => [
      `## ${JOBS[job]}`,
      '',
      ...table(
        results.filter((one) => one.job === job),
        job,
      ),
      '',
    ]),
  ].join('\n');
}

function table(results: readonly BenchResult[], job: Job): string[] {
  const ranked = results.toSorted((a, b) => (b.spread?.median ?? -1) - (a.spread?.median ?? -1));
  return [
    `| tool | median | lowest – highest | ratio to ${job === 'udp' ? 'trafgen' : 'wrk with 2 threads (HTTP)'} | |`,
    '|---|---|---|---|---|',
    ...ranked.map(row),
  ];
}

function row({ name, rates, spread, ratioToWrk, ratioToTrafgen, cannot, asked, lost }: BenchResult): string {
  if (spread === null) return `| ${name} | cannot | | | ${cannot ?? lost[0] ?? 'no round gave a figure'} |`;
  const { median, min, max } = spread;
  const notes = [
    ...(asked === undefined
      ? []
      : [`asked for ${number(asked.rate)}, kept its schedule in ${asked.keptUp} of ${rates.length} rounds`]),
    ...(lost.length === 0 ? [] : [`${lost.length} of ${lost.length + rates.length} rounds lost: ${lost[0]}`]),
  ];
  return `| ${name} | ${number(median)} | ${number(min)} – ${number(max)} | ${(ratioToWrk ?? ratioToTrafgen)?.toFixed(2) ?? ''} | ${notes.join('; ')} |`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}
