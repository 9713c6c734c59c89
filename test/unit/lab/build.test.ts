import { describe, expect, it } from 'vitest';
import { buildLab } from '../../../src/lab/build.ts';
import type { Lab, LabHosts } from '../../../src/lab/lab.ts';
import { CommandError, here } from '../../../src/platform/exec.ts';

const hosts: LabHosts = { client: here, gateway: here, backend: here };
const log = { info: () => {}, warn: () => {} };
const refused = new CommandError('nft -f -', { code: 1, signal: null, stderr: 'no' });

/** Builds a lab whose two steps are these, and notes when it is undone. */
async function building(raise: () => Promise<void>, finish: () => Promise<Lab>, signal = new AbortController().signal) {
  const undone: string[] = [];
  const lab = await buildLab({ log, signal }, async (cleanup) => {
    cleanup.defer('hosts', () => undone.push('hosts'));
    await raise();
    return { hosts, finish };
  }).catch((error: unknown) => ({ hosts: undefined, ready: Promise.reject(error) }));
  lab.ready.catch(() => {}); // looked at by the test
  return { ...lab, undone };
}

describe('a lab', () => {
  it('has its hosts before it is ready', async () => {
    let finish: (lab: Lab) => void = () => {};
    const finished = new Promise<Lab>((resolve) => {
      finish = resolve;
    });
    const lab = await building(
      async () => {},
      () => finished,
    );
    expect(lab.hosts).toBe(hosts);
    finish({ driver: 'netns' } as Lab);
    expect(await lab.ready).toEqual({ driver: 'netns' });
    expect(lab.undone).toEqual([]);
  });

  it.each(['raise', 'finish'])('whose %s fails is undone before the error is seen', async (step) => {
    const fails = async () => Promise.reject(refused);
    const lab = await building(step === 'raise' ? fails : async () => {}, fails);
    await expect(lab.ready).rejects.toMatchObject({
      message: expect.stringMatching(/^the lab could not be set up: command failed with exit code 1: nft -f -: no$/),
      exitCode: 100,
    });
    expect(lab.undone).toEqual(['hosts']);
  });

  it('that is no longer wanted ends with exit code 105', async () => {
    const lab = await building(
      async () => {},
      async () => Promise.reject(refused),
      AbortSignal.abort(),
    );
    await expect(lab.ready).rejects.toMatchObject({ exitCode: 105 });
  });
});
