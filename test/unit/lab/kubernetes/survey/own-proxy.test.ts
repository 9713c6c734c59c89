import { expect, it } from 'vitest';
import { askProxy, conntrackOf } from '../../../../../src/lab/kubernetes/survey/own-proxy.ts';
import { localHost } from '../../../../../src/platform/exec.ts';

it("reads the section of kube-proxy's internal type, by the names that its file has", () => {
  const Conntrack = { MaxPerCore: 32_768, Min: null, TCPEstablishedTimeout: '24h0m0s', TCPBeLiberal: false, UDPTimeout: '0s' };
  const fields = { maxPerCore: 32_768, tcpEstablishedTimeout: '24h0m0s', tcpBeLiberal: false, udpTimeout: '0s' };
  expect(conntrackOf(JSON.stringify({ 'kubeproxy.config.k8s.io': { Linux: { Conntrack } } }))).toEqual(fields);
  expect(conntrackOf(JSON.stringify({ 'kubeproxy.config.k8s.io': { Conntrack } }))).toEqual(fields);
  expect([conntrackOf(''), conntrackOf('{}'), conntrackOf('not found')]).toEqual([{}, {}, {}]);
});

it('says where nothing answered', async () => {
  expect(await askProxy(localHost('here'))).toMatch(/no kube-proxy answers at 127\.0\.0\.1:10249 of the node \(ECONNREFUSED\)/);
});
