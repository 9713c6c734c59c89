import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { Cleanup } from '../../../src/platform/cleanup.ts';
import { wrk } from '../../bench/contestants.ts';
import { FLOODS, FloodRunner } from '../../bench/floods.ts';
import { measured, runAll } from '../../bench/race.ts';
import { type Bench, raise } from '../../bench/site.ts';
import { spreadOf } from '../../bench/statistics.ts';
import { fetchPackages, type Packages } from '../../bench/tools.ts';
import { unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const ROUNDS = 3;
const SECONDS = 2;
/** Of wrk's rate, the share each flood is asked for, and the smallest that it must reach: far less than it can. */
const ASKED = 0.5;
const LEAST = 0.35;

const never = new AbortController().signal;

/** `npm run bench` in small, to notice when a flood loses its speed: ratios within one run, never a time. */
it('every flood makes at least a third of the new connections that wrk makes', skipFor(unfit), async () => {
  await using cleanup = new Cleanup();
  const scratch = mkdtempSync(join(tmpdir(), 'ctload-speed-'));
  cleanup.defer('scratch folder', () => rmSync(scratch, { recursive: true, force: true }));
  const packages = await fetchPackages(join(scratch, 'tools'), ['wrk'], () => {});
  const bench = await raise(`sp${process.pid}`, join(scratch, 'nginx'), packages, cleanup);
  const runner = new FloodRunner(bench, join(scratch, 'floods'), resolve('dist/cli.js'));

  const rates = new Map<string, number[]>([['wrk', []], ...FLOODS.map(({ name }) => [name, []] as [string, number[]])]);
  for (let round = 0; round < ROUNDS; round++) {
    const peer = await rateOfWrk(bench, packages);
    rates.get('wrk')?.push(peer);
    for (const flood of FLOODS) {
      const { rate, result } = await measured(bench, () => runner.run(flood, Math.round(ASKED * peer), SECONDS), never);
      expect(result.failed, `${flood.name}: failed attempts`).toBeLessThan(0.001 * result.attempted);
      rates.get(flood.name)?.push(rate);
    }
  }
  const median = (name: string) => spreadOf(rates.get(name) ?? [])?.median ?? 0;
  for (const { name } of FLOODS) {
    const ratio = median(name) / median('wrk');
    process.stdout.write(`${name}: asked for ${ASKED} of the rate of wrk, made ${ratio.toFixed(2)}\n`);
    expect(ratio, `${name} to wrk`).toBeGreaterThan(LEAST);
  }
});

async function rateOfWrk(bench: Bench, packages: Packages): Promise<number> {
  const { commands = [] } = wrk(packages, bench.targets[0], 2, SECONDS);
  const { rate, result } = await measured(bench, () => runAll(bench.site.client, commands, packages.env, SECONDS), never);
  expect(result).toBeUndefined();
  expect(rate).toBeGreaterThan(0);
  return rate;
}
