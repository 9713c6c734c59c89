import { describe, expect, it } from 'vitest';
import { parseVersion } from '../../../src/model/node/version.ts';
import type { ClusterPlan, NodeTableReading } from '../../../src/model/result/plan/cluster-plan.ts';
import type { NodeFacts, ProxyMap } from '../../../src/model/result/plan/node-reading.ts';
import { renderHtmlDocument } from '../../../src/report/document/document-html.ts';
import { renderMarkdownDocument } from '../../../src/report/document/document-markdown.ts';
import { renderTextDocument } from '../../../src/report/document/document-text.ts';
import { clusterDocument } from '../../../src/report/plan/cluster-document.ts';
import { type ClusterPlanRequest, makeClusterPlan } from '../../../src/session/cluster-plan.ts';
import { NO_SYSCTL } from '../../../src/sizing/sysctl.ts';
import { planRequest } from '../../fixtures/planned.ts';
import { violations } from '../../schemas/violations.ts';

const GIB = 2 ** 30;
const CONFIG = (conntrack: string) => ({
  name: 'kube-proxy',
  text: JSON.stringify({
    kind: 'ConfigMap',
    metadata: { name: 'kube-proxy' },
    data: {
      'config.conf': `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nconntrack: ${conntrack}\n`,
    },
  }),
});
const NO_MAP: ProxyMap = { why: 'there is no ConfigMap kube-system/kube-proxy' };
const IMAGE = { image: 'registry.k8s.io/kube-proxy:v1.36.3', words: ['kube-proxy', '--config=/var/lib/kube-proxy/config.conf'] };

function facts(name: string, more: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name,
    cores: 4,
    memTotalBytes: 16 * GIB,
    kernel: '6.1.0-18-amd64',
    architecture: 'amd64',
    kubelet: 'v1.36.3',
    unready: undefined,
    proxy: IMAGE,
    ...more,
  };
}

function reading(more: Partial<NodeTableReading> = {}): NodeTableReading {
  const machine = { cores: 4, memTotalBytes: 16 * GIB, kernel: '6.1.0-18-amd64' };
  return { max: 131_072, buckets: 262_144, entries: 1000, timeouts: {}, ...machine, ...more };
}

interface Cluster {
  readonly nodes: readonly NodeFacts[];
  readonly read: Readonly<Record<string, NodeTableReading | string>>;
  readonly proxyMap?: ProxyMap;
}

async function planned(
  { nodes, read, proxyMap = NO_MAP }: Cluster,
  { node = {}, ...more }: Partial<Omit<ClusterPlanRequest, 'node'>> & { node?: Partial<ClusterPlanRequest['node']> } = {},
): Promise<ClusterPlan> {
  const survey = {
    ...{ nodes, others: ['node-w'], proxyMap, context: 'lab', server: 'https://127.0.0.1:6443', version: 'v1.36.3' },
    read: async () => new Map(Object.entries(read)),
  };
  const plan = await makeClusterPlan(survey, { ...planRequest({}, more), node: { sysctl: NO_SYSCTL, ...node } });
  expect(violations('cluster-plan', plan)).toEqual([]);
  return plan;
}

/** The plan as the terminal shows it, on one line. */
function textOf(plan: ClusterPlan): string {
  return renderTextDocument(clusterDocument(plan), { color: false, width: 100 }).replace(/\s+/g, ' ');
}

const one = (more: Partial<NodeTableReading> = {}, node: Partial<NodeFacts> = {}, proxyMap?: ProxyMap): Cluster => ({
  nodes: [facts('node-a', node)],
  read: { 'node-a': reading(more) },
  ...(proxyMap === undefined ? {} : { proxyMap }),
});
const differences = async (cluster: Cluster) => ((await planned(cluster)).nodes[0]?.differences ?? []).join('\n');

describe('a plan of a cluster', () => {
  it('ranks nodes by how near to full they are', async () => {
    const nodes = ['node-a', 'node-b', 'node-c', 'node-d'].map((name) => facts(name));
    const read = {
      'node-a': reading({ entries: 10_000 }),
      'node-b': reading({ entries: 30_000, max: 262_144 }),
      'node-c': 'the node node-c is not ready: Kubelet stopped posting node status.',
      'node-d': reading({ max: 0 }),
    };
    const now = await planned({ nodes, read });
    expect(now.nodes.map(({ name, rank }) => [name, rank])).toEqual([
      ['node-b', 1],
      ['node-a', 2],
      ['node-c', null],
      ['node-d', null],
    ]);
    const loaded = await planned({ nodes, read }, { traffic: { websockets: 120_000 } });
    expect(loaded.nodes.map(({ name }) => name)).toEqual(['node-a', 'node-b', 'node-c', 'node-d']);
    expect(loaded.nodes.map(({ load }) => load)).toMatchObject([
      { peakEntries: 120_000, entriesWithPresent: 130_000, holds: true, keepsHeadroom: false },
      { entriesWithPresent: 150_000, utilizationWithPresent: 150_000 / 262_144, holds: true, keepsHeadroom: true },
      { entriesWithPresent: 120_000, peakUtilization: 120_000 / 131_072 },
      { peakUtilization: null, holds: true },
    ]);
    expect(textOf(loaded)).toContain(
      '3 of 4 nodes were read. node-a is the nearest to full under the load: it has 10,000 of 131,072 entries, 7.6 %.',
    );
    expect(textOf(loaded)).toMatch(/Not read · the node node-c is not ready: Kubelet stopped/);
    expect(textOf(loaded)).toContain('Left out, because they do not run Linux: node-w.');
  });

  it('agrees with what kube-proxy of the node computes from the ConfigMap', async () => {
    const plan = await planned(one({ max: 262_144 }, {}, CONFIG('{maxPerCore: 65536}')));
    expect(plan.nodes[0]).toMatchObject({
      agrees: true,
      differences: [],
      computed: { max: 262_144, kubeProxyWant: 262_144 },
      kubeProxy: { version: '1.36.3', versionFrom: 'image', configFrom: 'ConfigMap' },
    });
    expect(plan.assumptions.join('\n')).toContain('(ConfigMap kube-proxy: config.conf): maxPerCore 65536');
  });

  it('says what may explain another limit, and never that it is so', async () => {
    const defaults = await differences(one({ max: 131_072 }, {}, CONFIG('{maxPerCore: 65536}')));
    expect(defaults).toMatch(/^should be at 262,144 and is at 131,072: kube-proxy wants 262144: maxPerCore 65536 × 4 cores/);
    expect(defaults).toContain('131,072 is what kube-proxy wants with its default fields: it may have started before');
    const kernel = await differences(one({ max: 262_144 }));
    expect(kernel).toContain('262,144 is what the kernel sets by itself: kube-proxy may not run there');
    expect(kernel).toContain('kube-proxy’s configuration was not found and is assumed');
    const kind = await differences(one({ max: 131_072 }, {}, CONFIG('{maxPerCore: 0}')));
    expect(kind).toMatch(/^should be at 262,144 and is at 131,072: kube-proxy: maxPerCore 0 leaves nf_conntrack_max unchanged/);
    expect(kind).toMatch(/or something has set it: sysctl/);
    const alike = {
      nodes: [facts('node-a'), facts('node-b')],
      read: { 'node-a': reading({ max: 9 }), 'node-b': reading({ max: 9 }) },
    };
    expect(textOf(await planned(alike))).toContain('node-a and node-b should be at 131,072 and is at 9: kube-proxy wants 131072');
    for (const text of [defaults, kernel]) expect(text).toMatch(/or something has overwritten it since kube-proxy started/);
  });

  it('takes a release that only raises the limit, and one that may be another, into account', async () => {
    const newer = { proxy: { ...IMAGE, image: 'registry.k8s.io/kube-proxy:v1.37.2@sha256:0123' } };
    expect(await differences(one({ max: 500_000 }, newer))).toContain('kube-proxy 1.37.2 only raises the limit');
    const process = await differences(one({ max: 131_072 }, { proxy: undefined, kubelet: 'v1.37.2' }));
    expect(process).toMatch(
      /131,072 is what kube-proxy .*1\.29 to 1\.35.* leaves: the release on the node may not be the kubelet’s/,
    );
  });

  it('names cores and memory that the machine does not have, and buckets that are not as computed', async () => {
    const other = await differences(one({ max: 65_536, cores: 2, memTotalBytes: 8 * GIB }));
    expect(other).toContain("the Node object has 4 cores and the node's /proc/cpuinfo 2");
    expect(other).toContain("the Node object has 16 GiB of memory and the node's /proc/meminfo 8 GiB");
    expect(await differences(one({ buckets: 65_536 }))).toContain('65,536 buckets instead of 262,144');
  });

  it('reads flags in the pod, and those of k3s as its own', async () => {
    const flags = { ...IMAGE, words: ['kube-proxy', '--conntrack-max-per-core=100000', '--conntrack-min=1'] };
    const pod = await planned(one({ max: 400_000 }, { proxy: flags }));
    expect(pod.nodes[0]).toMatchObject({ agrees: true, kubeProxy: { configFrom: 'pod' } });
    const k3s = await planned(one({}, { proxy: undefined, kubelet: 'v1.33.1+k3s1' }));
    expect(k3s.nodes[0]).toMatchObject({ agrees: true, kubeProxy: { version: '1.33.1', versionFrom: 'kubelet' } });
    expect(k3s.assumptions.join('\n')).toContain('k3s and RKE2 have its arguments in files on the node');
  });

  it('assumes the defaults where the configuration cannot be read, and says why', async () => {
    const broken = await planned(one({}, {}, CONFIG('{maxPerCore: many}')));
    expect(broken.nodes[0]).toMatchObject({ agrees: true, kubeProxy: { configFrom: 'assumed' } });
    expect(broken.assumptions.join('\n')).toMatch(/configuration is assumed: the cluster: .*maxPerCore/);
    expect((await planned(one())).assumptions).toContain(
      'kube-proxy’s configuration is assumed: there is no ConfigMap kube-system/kube-proxy',
    );
  });

  it('lets flags override what it found', async () => {
    const none = await planned(one({ max: 262_144 }, {}, CONFIG('{maxPerCore: 65536}')), { node: { kubeProxyVersion: 'none' } });
    expect(none.nodes[0]).toMatchObject({ agrees: true, kubeProxy: { version: null, versionFrom: 'flag', configFrom: 'flag' } });
    const older = await planned(one({ max: 262_144 }), { node: { kubeProxyVersion: parseVersion('1.28') } });
    expect(older.nodes[0]).toMatchObject({ agrees: true, kubeProxy: { version: '1.28', versionFrom: 'flag' } });
  });

  it('computes the load with the timeouts of the node, unless others are chosen', async () => {
    const traffic = { rate: 100 };
    const cluster = one({ timeouts: { tcp_time_wait: 30 } });
    const peak = async (timeouts: Record<string, number>) =>
      (await planned(cluster, { traffic, timeouts })).nodes[0]?.load?.peakEntries ?? 0;
    const [own, chosen] = [await peak({}), await peak({ tcp_time_wait: 120 })];
    expect(chosen - own).toBe(100 * 90);
  });

  it('names the nodes that an assumption is about, and computes nothing without cores', async () => {
    const nodes = [facts('node-a'), facts('node-b', { cores: undefined })];
    const plan = await planned({ nodes, read: { 'node-a': reading(), 'node-b': reading() } });
    expect(plan.assumptions).toContain('node-b: the Node object lacks cores or memory, so no limit is computed');
    expect(plan.nodes.find(({ name }) => name === 'node-b')).toMatchObject({ computed: null, agrees: null, rank: 2 });
  });

  it('refuses a flag without effect before it reads any node', async () => {
    const survey = { ...one(), others: [], proxyMap: NO_MAP, context: 'lab', server: '', version: '' };
    const read = () => expect.fail('no node must be read');
    const request = { ...planRequest({}, { traffic: { lifetimeSeconds: 1 } }), node: { sysctl: NO_SYSCTL } };
    await expect(makeClusterPlan({ ...survey, read }, request)).rejects.toThrow('--lifetime is for connections of --rate');
  });

  it('is the same in every format', async () => {
    const document = clusterDocument(await planned(one({ max: 262_144 }), { traffic: { websockets: 300_000 } }));
    for (const text of [renderMarkdownDocument(document), renderHtmlDocument(document)]) {
      expect(text).toContain('node-a');
      expect(text).toContain('too small');
      expect(text).toContain('what the kernel sets by itself');
    }
  });
});
