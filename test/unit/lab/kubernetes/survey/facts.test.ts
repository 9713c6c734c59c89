import { expect, it } from 'vitest';
import { nodeFacts, readFacts } from '../../../../../src/lab/kubernetes/survey/facts.ts';

const NODE = {
  metadata: { name: 'node-a' },
  status: {
    capacity: { cpu: '4', memory: '16393228Ki' },
    conditions: [{ type: 'Ready', status: 'True' }],
    nodeInfo: { operatingSystem: 'linux', kernelVersion: '6.1.0-18-amd64', architecture: 'amd64', kubeletVersion: 'v1.36.3' },
  },
};
const named = (name: string, os: string) => ({
  ...NODE,
  metadata: { name },
  status: { ...NODE.status, nodeInfo: { ...NODE.status.nodeInfo, operatingSystem: os } },
});
const pod = (nodeName: string, image: string, command: string[] = []) => ({
  spec: { nodeName, containers: [{ name: 'main', image, command }] },
  status: { phase: 'Running' },
});
const facts = (node: object, pods: object[]) => nodeFacts(node as never, pods as never);

it('takes cores, memory, kernel and release from the Node object', () => {
  expect(facts(NODE, [])).toEqual({
    name: 'node-a',
    cores: 4,
    memTotalBytes: 16_393_228 * 1024,
    kernel: '6.1.0-18-amd64',
    architecture: 'amd64',
    kubelet: 'v1.36.3',
    unready: undefined,
    proxy: undefined,
  });
});

it('says why a node is not ready, and what it does not know', () => {
  const conditions = [{ type: 'Ready', status: 'Unknown', message: 'Kubelet stopped posting node status.' }];
  const { unready, cores, memTotalBytes } = facts({ metadata: NODE.metadata, status: { conditions } }, []);
  expect(unready).toBe('the node node-a is not ready: Kubelet stopped posting node status.');
  expect([cores, memTotalBytes]).toEqual([undefined, undefined]);
});

it.each([
  ['by its image', pod('node-a', 'registry.k8s.io/kube-proxy:v1.36.3')],
  ['by its program', pod('node-a', 'registry.k8s.io/hyperkube:v1.18.0', ['/hyperkube', 'kube-proxy', '--v=2'])],
  ['in a shell', pod('node-a', 'gke.gcr.io/proxy:v1.27.3', ['/bin/sh', '-c', 'exec kube-proxy --conntrack-max-per-core=1'])],
])('finds the pod of kube-proxy on the node %s', (_, one) => {
  const elsewhere = pod('node-b', 'registry.k8s.io/kube-proxy:v9.9.9');
  const other = pod('node-a', 'registry.k8s.io/kube-apiserver:v1.36.3');
  const ended = { ...pod('node-a', 'registry.k8s.io/kube-proxy:v8.8.8'), status: { phase: 'Failed' } };
  expect(facts(NODE, [elsewhere, other, ended, one]).proxy?.image).toBe(one.spec.containers[0]?.image);
});

const KUBEADM = { 'config.conf': 'kind: KubeProxyConfiguration\n', 'kubeconfig.conf': '' };
const http = (code: number, message: string) => Object.assign(new Error('HTTP'), { code, body: { message } });

async function mapOf(answers: Readonly<Record<string, object>>) {
  const core = {
    listNode: async () => ({ items: [NODE, named('node-w', 'windows')] }),
    listNamespacedPod: async () => ({ items: [] }),
    readNamespacedConfigMap: async ({ name }: { name: string }) => {
      const answer = answers[name] ?? http(404, 'not found');
      if (answer instanceof Error) throw answer;
      return { data: answer };
    },
  };
  return readFacts({ core } as never);
}

it('reads the ConfigMap that has the configuration, and leaves out nodes of other systems', async () => {
  const { nodes, others, proxyMap } = await mapOf({ 'kube-proxy': KUBEADM });
  expect([nodes.map(({ name }) => name), others]).toEqual([['node-a'], ['node-w']]);
  expect(proxyMap).toMatchObject({ name: 'kube-proxy', text: expect.stringContaining('KubeProxyConfiguration') });
  // EKS: the first has the kubeconfig only.
  const eks = await mapOf({ 'kube-proxy': { kubeconfig: '' }, 'kube-proxy-config': { config: KUBEADM['config.conf'] } });
  expect(eks.proxyMap).toMatchObject({ name: 'kube-proxy-config' });
});

it('says why there is none', async () => {
  const forbidden = 'configmaps "kube-proxy" is forbidden: User "ctload" cannot get resource "configmaps"';
  expect((await mapOf({ 'kube-proxy': http(403, forbidden) })).proxyMap).toEqual({
    why: `the ConfigMap kube-system/kube-proxy: ${forbidden}, there is no ConfigMap kube-system/kube-proxy-config`,
  });
});
