import { expect, it } from 'vitest';
import type { CrossedReading } from '../../../src/model/result/plan/node-reading.ts';
import { nodeLines } from '../../../src/report/facts/nodes.ts';
import { crossedNode } from '../../../src/session/crossed-nodes.ts';

const NODE = {
  name: 'node-a',
  cores: 2,
  memTotalBytes: 8 * 2 ** 30,
  kernel: '6.1.0-18-amd64',
  architecture: 'amd64',
  kubelet: 'v1.35.0',
  unready: undefined,
  proxy: undefined,
};
const OWN = { version: 'v1.35.0', mode: 'iptables', conntrack: { maxPerCore: 32_768, min: 131_072 } };
const WHY = 'no kube-proxy answers at 127.0.0.1:10249 of the node (ECONNREFUSED)';

function reading(max: number, more: Partial<CrossedReading> = {}): CrossedReading {
  const table = { max, buckets: 262_144, entries: 10, timeouts: {}, cores: 2, memTotalBytes: 8 * 2 ** 30, kernel: NODE.kernel };
  return { node: NODE, own: OWN, table, proxyMap: { why: 'there is none' }, ...more };
}

const lines = (one: CrossedReading) => nodeLines({ nodes: [crossedNode(one)] });

it('says that a node has the limit that kube-proxy gives it', () => {
  const node = crossedNode(reading(131_072));
  expect(node).toMatchObject({ computedMax: 131_072, differences: [], kubeProxy: { version: '1.35.0', mode: 'iptables' } });
  expect(lines(reading(131_072))).toEqual([
    [
      'Nodes',
      'node-a has nf_conntrack_max 131,072, as kernel and kube-proxy compute it; kube-proxy 1.35.0 (iptables) with maxPerCore 32768, min 131072',
    ],
  ]);
});

it('takes the release of the kubelet where kube-proxy shows its configuration and no release', () => {
  const old = { ...NODE, kubelet: 'v1.28.0' };
  const node = crossedNode(reading(262_144, { node: old, own: { ...OWN, version: '' } }));
  expect(node).toMatchObject({ computedMax: 262_144, kubeProxy: { version: null, mode: 'iptables', from: 'configz' } });
});

it('says what it should be at, and what may explain that it is not', () => {
  const [[, text = ''] = []] = lines(reading(262_144));
  expect(text).toMatch(/^node-a should be at 131,072 and is at 262,144: .*wants/);
  expect(text).toContain('or something has overwritten it since kube-proxy started');
});

it('takes the ConfigMap and the release of the kubelet where kube-proxy does not answer, and says so', () => {
  const data = { 'config.conf': 'kind: KubeProxyConfiguration\nmode: ipvs\nconntrack: {maxPerCore: 0}\n' };
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-proxy' }, data });
  const node = crossedNode(reading(262_144, { own: WHY, proxyMap: { name: 'kube-proxy', text } }));
  expect(node).toMatchObject({
    computedMax: 262_144,
    proxyUnread: WHY,
    kubeProxy: { from: 'ConfigMap', version: null, mode: 'ipvs' },
  });
  expect(crossedNode(reading(1000, { own: WHY })).differences.at(-1)).toBe(WHY);
  expect(lines(reading(131_072, { own: WHY }))[0]?.[1]).toContain(WHY);
  const { cores: _, ...bare } = NODE;
  expect(crossedNode(reading(1000, { node: { ...bare, cores: undefined } })).computedMax).toBeNull();
});
