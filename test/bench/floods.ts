import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endpointText } from '../../src/model/input/external.ts';
import type { Summary } from '../../src/model/result/summary.ts';
import { messageOf } from '../../src/platform/errors.ts';
import { execute } from '../../src/platform/exec.ts';
import { loadAnyScenario } from '../../src/scenario/load.ts';
import { type Job, targetsOf } from './contestants.ts';
import type { Bench } from './site.ts';

/** One of ctload's floods as the bench runs it: its keys but executor, rate and duration, in YAML's flow form without braces. */
export interface FloodUnderTest {
  readonly name: string;
  readonly job: Job;
  readonly keys: string;
}

export const FLOODS: readonly FloodUnderTest[] = [
  { name: 'ctload short', job: 'http', keys: 'kind: short' },
  { name: 'ctload short, protocol: tcp', job: 'tcp', keys: 'kind: short, protocol: tcp' },
];

export interface FloodRun {
  /** The generator kept its schedule (verdict.validity is not generator-bound). */
  readonly keptUp: boolean;
  readonly attempted: number;
  readonly failed: number;
}

/** Writes scenarios for driver external and runs them with the built CLI, the way a user would. */
export class FloodRunner {
  readonly #bench: Bench;
  readonly #folder: string;
  readonly #cli: string;
  #runs = 0;

  constructor(bench: Bench, folder: string, cli: string) {
    this.#bench = bench;
    this.#folder = folder;
    this.#cli = cli;
    mkdirSync(folder, { recursive: true });
  }

  /** Why this build cannot run `flood`; undefined when it can. */
  obstacle(flood: FloodUnderTest): string | undefined {
    try {
      loadAnyScenario(this.#write(flood, 1, 1));
      return undefined;
    } catch (error) {
      const [first = ''] = messageOf(error).split(/[;\n]/, 1);
      return first.replace(/^\S+ /, ''); // without the file's name
    }
  }

  /** @throws {CommandError} when ctload did not run. A generator-bound run (exit 111) is a result. */
  async run(flood: FloodUnderTest, rate: number, seconds: number): Promise<FloodRun> {
    const file = this.#write(flood, rate, seconds);
    const output = join(this.#folder, `run-${++this.#runs}`);
    const argv = [process.execPath, this.#cli, 'run', file, '--quiet', '--json', '--output', output];
    const text = await execute(['sh', '-c', '"$@" || [ $? = 111 ]', 'sh', ...argv]);
    const { verdict, floods } = JSON.parse(text) as Summary;
    const { attempted = 0, failed = 0 } = floods['flood'] ?? {};
    return { keptUp: verdict.validity !== 'generator-bound', attempted, failed };
  }

  #write({ job, keys }: FloodUnderTest, rate: number, seconds: number): string {
    const { targets, site } = this.#bench;
    const file = join(this.#folder, 'flood.yaml');
    writeFileSync(
      file,
      `version: 1
name: bench
lab:
  driver: external
  target: [${targetsOf(job, targets).map(endpointText).join(', ')}]
  conntrack: netns:${site.names.gateway}
  client: netns:${site.names.client}
floods:
  flood: {${keys}, executor: constant-arrival-rate, rate: ${rate}, duration: ${seconds}s}
`,
    );
    return file;
  }
}

const FIRST = 2000;
const HIGHEST = 200_000;
const PRECISION = 0.02;

/** A rate is beyond its means only when it fell behind twice: another program's moment must not decide. */
export async function twice(keepsUp: () => Promise<boolean>): Promise<boolean> {
  return (await keepsUp()) || (await keepsUp());
}

/**
 * The highest rate with which the flood kept up, within 2 %: an open-model tool has to be told one, and a rate beyond its
 * means would show how it drowns. 0 when it kept up with none.
 */
export async function highestRate(keepsUp: (rate: number) => Promise<boolean>): Promise<number> {
  let good = 0;
  let bad = FIRST;
  while (bad <= HIGHEST && (await keepsUp(bad))) {
    good = bad;
    bad *= 2;
  }
  if (good === 0) good = FIRST / 16;
  while (bad - good > PRECISION * good) {
    const middle = Math.round((good + bad) / 2);
    if (await keepsUp(middle)) good = middle;
    else bad = middle;
  }
  return good === FIRST / 16 ? 0 : good;
}
