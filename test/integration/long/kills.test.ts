import { afterAll, beforeAll, describe, it } from 'vitest';
import { connectEngine } from '../../../src/lab/docker/engine.ts';
import { ensureImage } from '../../../src/lab/docker/image.ts';
import { silent } from '../standing-lab.ts';
import { leavesHostAlone, unfit } from '../support/ctload.ts';
import { NO_ENGINE, provideEngine } from '../support/engine.ts';
import { killAtRandom, killedInContainers, killedInNamespaces } from '../support/kills.ts';
import { skipFor } from '../support/skip.ts';

const ROUNDS = 10;

describe('a killed run', skipFor(unfit), () => {
  const limits = leavesHostAlone();

  it(`SIGKILL at ${ROUNDS} random moments: limits back by themselves, the rest by ctload clean`, async () => {
    await killAtRandom(ROUNDS, killedInNamespaces(limits));
  }, 300_000);
});

const engine = unfit === undefined ? await provideEngine() : undefined;
const missing = engine === undefined ? (unfit ?? NO_ENGINE) : undefined;

describe('a killed run with the docker driver', skipFor(missing), () => {
  const limits = leavesHostAlone();
  beforeAll(async () => {
    await ensureImage(await connectEngine(), silent, new AbortController().signal);
  }, 180_000);
  afterAll(async () => await engine?.stop());

  it(`SIGKILL at ${ROUNDS} random moments: nothing is left after ctload clean`, async () => {
    await killAtRandom(ROUNDS, killedInContainers(limits));
  }, 300_000);
});
