import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { standLab } from '../standing-lab.ts';
import { noCluster, withCluster } from '../support/cluster.ts';
import { breaksNode } from '../support/nodes-break.ts';
import { skipFor } from '../support/skip.ts';

const MAX = 1000;
const NODES = ['node-a', 'node-b'];

describe('driver kubernetes in a dual-stack cluster', skipFor(noCluster), () => {
  withCluster('dual');

  // What one test leaves in the tables would be too much for the limit of the next.
  afterEach(() => {
    for (const node of NODES) execFileSync('ip', ['netns', 'exec', node, 'conntrack', '-F'], { stdio: 'ignore' });
  });

  it.each(['ipv6', 'dual'])('breaks a node with connections over %s, and accounts for every drop', async (family) => {
    const lab = await standLab({ max: MAX, buckets: MAX });
    onTestFinished(() => lab[Symbol.asyncDispose]());
    const { said, summary } = await breaksNode(MAX, [`lab.family=${family}`]);
    // Once for each family that clients connect over.
    expect(said.match(/16 connections of client tried: 16 entries on/g), said).toHaveLength(family === 'dual' ? 2 : 1);
    const listed = (node: string, of: string) => {
      const list = ['netns', 'exec', node, 'conntrack', '-L', '-f', of, '-p', 'tcp'];
      const lines = execFileSync('ip', list, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n');
      return lines.filter((line) => / dport=80\d\d /.test(line)).length;
    };
    const nodes = NODES.map((node) => ({ ipv4: listed(node, 'ipv4'), ipv6: listed(node, 'ipv6') }));
    const counts = nodes.reduce((a, b) => (b.ipv4 + b.ipv6 > a.ipv4 + a.ipv6 ? b : a)); // the scheduler chose the node
    for (const of of ['ipv4', 'ipv6'] as const) {
      if (family === 'dual' || of === family) expect(counts[of], JSON.stringify(nodes)).toBeGreaterThan(MAX * 0.4);
      else expect(counts[of], JSON.stringify(nodes)).toBeLessThan(MAX * 0.05);
    }
    // The report says the same of that node, its other connections included, from the listing nearest to the break.
    const { families } = summary.conntrack;
    if (family === 'ipv6') return expect(families, said).toBeUndefined();
    const { ipv4 = 0, ipv6 = 0 } = families ?? {};
    expect(ipv4 + ipv6, said).toBeGreaterThan(0.7 * MAX);
    expect(ipv4 + ipv6, said).toBeLessThanOrEqual(1.01 * MAX);
    for (const entries of [ipv4, ipv6]) expect(entries / (ipv4 + ipv6), said).toBeGreaterThan(0.4);
    expect(said.replaceAll(/ +/g, ' ')).toContain(`Families IPv4 ${ipv4.toLocaleString('en-US')} (`);
  });
});
