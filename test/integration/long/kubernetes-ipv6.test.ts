import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { standLab } from '../standing-lab.ts';
import { noCluster, withCluster } from '../support/cluster.ts';
import { ctload, expectBalanced, readSummary, temporaryFolder } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const MAX = 1000;
const FILE = 'test/integration/support/kubernetes/smoke.yaml';

describe('driver kubernetes in a dual-stack cluster', skipFor(noCluster), () => {
  withCluster('dual');

  // What one test leaves in the tables would be too much for the limit of the next.
  afterEach(() => {
    for (const node of ['node-a', 'node-b']) execFileSync('ip', ['netns', 'exec', node, 'conntrack', '-F'], { stdio: 'ignore' });
  });

  it.each(['ipv6', 'dual'])('breaks a node with connections over %s, and accounts for every drop', async (family) => {
    const lab = await standLab({ max: MAX, buckets: MAX });
    onTestFinished(() => lab[Symbol.asyncDispose]());
    const output = join(temporaryFolder(), 'run');
    const { code, stderr, stdout } = await ctload('run', FILE, '--output', output, '--set', `lab.family=${family}`);
    const said = stderr + stdout;
    expect(code, said).toBe(0);
    const summary = readSummary(output);
    expect(summary.verdict, said).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.breakingPoint?.entries, said).toBeGreaterThan(MAX * 0.99);
    expectBalanced(summary);
  });
});
