import { expect, it } from 'vitest';
import { backendPod, clientNames, clientPod, levelOf, readerPod, service } from '../../../../src/lab/kubernetes/objects.ts';
import { backendPorts } from '../../../../src/lab/kubernetes/ports.ts';
import type { KubernetesSpec } from '../../../../src/model/input/existing/kubernetes.ts';

const POD = { nodeSelector: {}, tolerations: [], resources: { cpu: 0.05, memoryBytes: 2 ** 28 } };
const SPEC: KubernetesSpec = {
  image: 'x:1',
  imagePullSecrets: [],
  allowNetAdmin: false,
  clients: { ...POD, replicas: 1, spread: 'together' },
  backend: POD,
  target: 'service',
  onLost: 'abort',
  allowWrites: false,
  abortAt: 'none',
  allowSharedNodes: false,
};
const PORTS = backendPorts([]);
const OWNER = { apiVersion: 'v1', kind: 'Pod', name: 'backend', uid: '1' };
const RUN = { runId: 'abc', image: 'x:1', seconds: 100 };

it('puts the backend on the node of the client, unless the scenario places it', () => {
  const placed = (spec: KubernetesSpec) => backendPod(spec, RUN, PORTS).spec;
  expect(placed(SPEC)?.affinity?.podAffinity).toBeDefined();
  const selector = { role: 'backend' };
  const apart = placed({ ...SPEC, backend: { ...POD, nodeSelector: selector } });
  expect(apart?.affinity).toBeUndefined();
  expect(apart?.nodeSelector).toEqual(selector);
});

it('bounds every pod, and gives none a right that it does not need', () => {
  for (const pod of [clientPod(SPEC, RUN), backendPod(SPEC, RUN, PORTS), readerPod({ ...RUN, name: 'reader-0' }, 'node-a')]) {
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

it('gives a reader the group that may read entries, and no capability, only where entries are listed', () => {
  const reader = (lists: boolean) => readerPod({ ...RUN, name: 'reader-0' }, 'node-a', lists).spec;
  expect(reader(false)?.securityContext).not.toHaveProperty('supplementalGroups');
  expect(reader(true)?.securityContext).toMatchObject({ runAsNonRoot: true, supplementalGroups: [0] });
  expect(reader(true)?.containers[0]?.securityContext).toMatchObject({ capabilities: { drop: ['ALL'] } });
});

it('gives every port of the Service one of the backend', () => {
  const made = (spec: KubernetesSpec) => service({ runId: 'abc', spec, ports: PORTS, owner: OWNER });
  const ports = made(SPEC).spec?.ports ?? [];
  expect(new Set(ports.map(({ targetPort }) => targetPort)).size).toBe(ports.length);
  expect(made(SPEC).spec?.type).toBe('ClusterIP');
  const nodePort = made({ ...SPEC, target: { nodePort: 'backend', externalTrafficPolicy: 'Local' } });
  expect(nodePort.spec).toMatchObject({ type: 'NodePort', externalTrafficPolicy: 'Local', ports });
});

it('asks for the families of the Service that the scenario names, and else for none', () => {
  const made = (family?: KubernetesSpec['family']) => {
    const spec = { ...SPEC, ...(family === undefined ? {} : { family }) };
    return service({ runId: 'abc', spec, ports: PORTS, owner: OWNER }).spec ?? {};
  };
  expect(Object.keys(made())).not.toContain('ipFamilies');
  expect(made('ipv6')).toMatchObject({ ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] });
  expect(made('dual')).toMatchObject({ ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] });
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
  const even = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', nodeTaintsPolicy: 'Honor' };
  expect(spread.spec?.topologySpreadConstraints).toMatchObject([even]);
  expect(spread.metadata?.labels).toMatchObject({ 'app.kubernetes.io/component': 'client' });
});

it('gives pods in a namespace of others names of their own, and selects by the run', () => {
  const spec: KubernetesSpec = { ...SPEC, namespace: 'team' };
  const pod = backendPod(spec, RUN, PORTS);
  expect(pod.metadata?.name).toBe('ctload-abc-backend');
  expect(pod.metadata?.annotations).toHaveProperty(['ctload.owner']);
  const { metadata, spec: made } = service({ runId: 'abc', spec, ports: PORTS, owner: OWNER });
  expect(metadata).toMatchObject({ name: 'ctload-abc-backend', ownerReferences: [OWNER] });
  expect(pod.metadata?.labels).toMatchObject(made?.selector ?? { none: '' });
  expect(made?.selector).toMatchObject({ 'ctload.run': 'abc' });
});

it('gives NET_ADMIN, ports of the node and secrets only where the scenario names them', () => {
  const restricted = clientPod(SPEC, RUN).spec?.containers[0];
  expect([levelOf(SPEC), restricted?.securityContext?.capabilities?.add]).toEqual(['restricted', undefined]);
  const admin = { ...SPEC, allowNetAdmin: true };
  for (const pod of [clientPod(admin, RUN), backendPod(admin, RUN, PORTS)]) {
    expect(pod.spec?.containers[0]?.securityContext).toMatchObject({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } });
    expect(pod.spec?.securityContext).toMatchObject({ runAsUser: 0 }); // the kernel gives no other user a capability
  }
  const onNode: KubernetesSpec = { ...SPEC, target: 'hostPort' };
  expect([levelOf(admin), levelOf(onNode)]).toEqual(['privileged', 'privileged']);
  const [first] = backendPod(onNode, RUN, PORTS).spec?.containers[0]?.ports ?? [];
  expect(first).toEqual({ containerPort: 8001, hostPort: 8001, protocol: 'TCP' });
  const pulled = clientPod(SPEC, { ...RUN, pullSecrets: ['a'] });
  expect(pulled.spec?.imagePullSecrets).toEqual([{ name: 'a' }]);
});
