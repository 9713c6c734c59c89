import { expect, it } from 'vitest';
import { backendPod, clientNames, clientPod, readerPod, service } from '../../../../src/lab/kubernetes/objects.ts';
import type { KubernetesSpec } from '../../../../src/model/input/existing/kubernetes.ts';

const POD = { nodeSelector: {}, tolerations: [], resources: { cpu: 0.05, memoryBytes: 2 ** 28 } };
const SPEC: KubernetesSpec = {
  image: 'x:1',
  clients: { ...POD, replicas: 1, spread: 'together' },
  backend: POD,
  target: 'service',
  onLost: 'abort',
  allowWrites: false,
  abortAt: 'none',
  allowSharedNodes: false,
};
const RUN = { runId: 'abc', image: 'x:1', seconds: 100 };

it('puts the backend on the node of the client, unless the scenario places it', () => {
  const placed = (spec: KubernetesSpec) => backendPod(spec, RUN).spec;
  expect(placed(SPEC)?.affinity?.podAffinity).toBeDefined();
  const selector = { role: 'backend' };
  const apart = placed({ ...SPEC, backend: { ...POD, nodeSelector: selector } });
  expect(apart?.affinity).toBeUndefined();
  expect(apart?.nodeSelector).toEqual(selector);
});

it('bounds every pod, and gives none a right that it does not need', () => {
  for (const pod of [clientPod(SPEC, RUN), backendPod(SPEC, RUN), readerPod({ ...RUN, name: 'reader-0' }, 'node-a')]) {
    expect(pod.metadata?.labels).toMatchObject({ 'ctload.run': 'abc' });
    expect(pod.spec).toMatchObject({ activeDeadlineSeconds: 100, automountServiceAccountToken: false });
    expect(pod.spec?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    const [container] = pod.spec?.containers ?? [];
    expect(container?.securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
    expect(container?.resources?.limits).toHaveProperty('memory');
  }
  expect(clientPod(SPEC, RUN).spec?.containers[0]?.resources).toMatchObject({
    requests: { cpu: '50m' },
    limits: { cpu: '0.05' },
  });
  expect(clientPod(SPEC, RUN).spec?.hostNetwork).toBeUndefined();
  expect(readerPod({ ...RUN, name: 'reader-0' }, 'node-a').spec).toMatchObject({ hostNetwork: true, nodeName: 'node-a' });
});

it('gives every port of the Service one of the backend', () => {
  const ports = service('abc').spec?.ports ?? [];
  expect(new Set(ports.map(({ targetPort }) => targetPort)).size).toBe(ports.length);
  expect(service('abc').spec?.type).toBe('ClusterIP');
  const nodePort = service('abc', { nodePort: 'backend', externalTrafficPolicy: 'Local' });
  expect(nodePort.spec).toMatchObject({ type: 'NodePort', externalTrafficPolicy: 'Local', ports });
});

it('puts clients after the first where it is, or spreads them', () => {
  const clients = { ...SPEC.clients, replicas: 3 };
  expect(clientNames(clients)).toEqual(['client-1', 'client-2', 'client-3']);
  expect(clientNames(SPEC.clients)).toEqual(['client']);
  const podOf = (spread: 'together' | 'nodes', name: string) =>
    clientPod({ ...SPEC, clients: { ...clients, spread } }, RUN, name);
  expect(podOf('together', 'client-1').spec?.affinity).toBeUndefined();
  expect(podOf('together', 'client-2').spec?.affinity?.podAffinity).toBeDefined();
  const spread = podOf('nodes', 'client-2');
  expect(spread.spec?.affinity).toBeUndefined();
  expect(spread.spec?.topologySpreadConstraints).toMatchObject([{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname' }]);
  expect(spread.metadata?.labels).toMatchObject({ 'app.kubernetes.io/component': 'client' });
});
