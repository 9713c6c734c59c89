import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { standLab } from '../standing-lab.ts';
import { noCluster, withCluster } from '../support/cluster.ts';
import { breaksNode } from '../support/nodes-break.ts';
import { skipFor } from '../support/skip.ts';

const MAX = 1000;

describe('driver kubernetes in a dual-stack cluster', skipFor(noCluster), () => {
  withCluster('dual');

  // What one test leaves in the tables would be too much for the limit of the next.
  afterEach(() => {
    for (const node of ['node-a', 'node-b']) execFileSync('ip', ['netns', 'exec', node, 'conntrack', '-F'], { stdio: 'ignore' });
  });

  it.each(['ipv6', 'dual'])('breaks a node with connections over %s, and accounts for every drop', async (family) => {
    const lab = await standLab({ max: MAX, buckets: MAX });
    onTestFinished(() => lab[Symbol.asyncDispose]());
    const { said } = await breaksNode(MAX, [`lab.family=${family}`]);
    // Once for each family that clients connect over.
    expect(said.match(/16 connections of client tried: 16 entries on/g), said).toHaveLength(family === 'dual' ? 2 : 1);
    // The readers of nodes list no entries, so the report does not tell the families apart; the node's own table does.
    const listed = (of: string) => {
      const list = ['netns', 'exec', 'node-b', 'conntrack', '-L', '-f', of, '-p', 'tcp'];
      const lines = execFileSync('ip', list, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n');
      return lines.filter((line) => / dport=80\d\d /.test(line)).length;
    };
    const counts = { ipv4: listed('ipv4'), ipv6: listed('ipv6') };
    for (const of of ['ipv4', 'ipv6'] as const) {
      if (family === 'dual' || of === family) expect(counts[of], JSON.stringify(counts)).toBeGreaterThan(MAX * 0.4);
      else expect(counts[of], JSON.stringify(counts)).toBeLessThan(MAX * 0.05);
    }
  });
});
