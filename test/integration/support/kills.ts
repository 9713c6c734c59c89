import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { until } from '../../../src/platform/clock.ts';
import { ctload, expectNothingLeft, hostLimits, start, temporaryFolder } from './ctload.ts';
import { dockerLeftovers } from './engine.ts';

interface Kill {
  /** Flags of the run that is killed. */
  readonly flags?: readonly string[];
  /** Milliseconds from the start of the run: it is killed at some moment between them. */
  readonly between: readonly [earliest: number, latest: number];
  /** What must be true before anything else is done. */
  comesBack?(message: string): Promise<void>;
  /** What must be true after `ctload clean`. */
  isClean(message: string): Promise<void> | void;
}

/** Kills a run of smoke.yaml at a random moment, `rounds` times, and cleans up after each. */
export async function killAtRandom(rounds: number, { flags = [], between, comesBack, isClean }: Kill): Promise<void> {
  const [earliest, latest] = between;
  for (let round = 0; round < rounds; round++) {
    const run = start(['run', 'scenarios/smoke.yaml', '--output', join(temporaryFolder(), 'run'), ...flags]);
    const moment = earliest + Math.random() * (latest - earliest);
    const message = `killed after ${moment} ms`;
    await sleep(moment);
    run.child.kill('SIGKILL');
    await run.ended;
    await comesBack?.(message);
    const cleaned = await ctload('clean');
    expect(cleaned.code, cleaned.stderr).toBe(0);
    await isClean(message);
  }
}

/** A run with the lease, killed: the limits come back by themselves. `limits` tells what they were before. */
export function killedInNamespaces(limits: () => string): Kill {
  return {
    between: [200, 5200],
    comesBack: async (message) => {
      await until(() => hostLimits() === limits(), 20);
      expect(hostLimits(), message).toBe(limits());
    },
    isClean: expectNothingLeft,
  };
}

/** The same with containers, where `ctload clean` may have to bring them back. */
export function killedInContainers(limits: () => string): Kill {
  return {
    flags: ['--driver', 'docker'],
    between: [500, 7500],
    isClean: (message) => {
      expect(dockerLeftovers(), message).toEqual([]);
      expect(hostLimits(), message).toBe(limits());
    },
  };
}
