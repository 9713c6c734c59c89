import { describe, expect, it } from 'vitest';
import { KUBE_PROXY_DEFAULTS } from '../../../src/model/node/kube-proxy.ts';
import { parseKubeProxyConfig } from '../../../src/sizing/kube-proxy-config.ts';

const BLOCK = 'maxPerCore: 0\nmin: 65536\ntcpEstablishedTimeout: 2h0m0s\n';
const indent = (text: string, by: string) => text.replace(/^(?=.)/gm, by);
const CONFIGURATION = `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\nconntrack:\n${indent(BLOCK, '  ')}`;
const CONFIG_MAP = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy, namespace: kube-system, resourceVersion: "5"}\ndata:\n  config.conf: |\n${indent(CONFIGURATION, '    ')}  kubeconfig.conf: "apiVersion: v1"\n`;
const READ = { ...KUBE_PROXY_DEFAULTS, maxPerCore: 0, min: 65_536, tcpEstablishedTimeout: 7_200 };

describe('kube-proxy’s configuration is read', () => {
  it.each([
    ['the fields alone', BLOCK],
    ['a conntrack: block', `conntrack:\n${indent(BLOCK, '  ')}`],
    ['a KubeProxyConfiguration', CONFIGURATION],
    ['one document of several', `kind: Deployment\n---\n${CONFIGURATION}`],
    ['a ConfigMap', CONFIG_MAP],
    ['a list as kubectl gives it', `apiVersion: v1\nkind: List\nitems:\n-${indent(CONFIG_MAP, '  ').slice(1)}`],
    [
      'JSON',
      JSON.stringify({
        kind: 'KubeProxyConfiguration',
        conntrack: { maxPerCore: 0, min: 65536, tcpEstablishedTimeout: '2h0m0s' },
      }),
    ],
  ])('from %s', (_, text) => {
    expect(parseKubeProxyConfig(text, 'f').conntrack).toEqual(READ);
  });

  it('with null for a default, as kubeadm writes it', () => {
    expect(parseKubeProxyConfig('conntrack: {maxPerCore: null, min: null, tcpCloseWaitTimeout: null}', 'f').conntrack).toEqual(
      KUBE_PROXY_DEFAULTS,
    );
    expect(parseKubeProxyConfig('kind: KubeProxyConfiguration', 'f').conntrack).toEqual(KUBE_PROXY_DEFAULTS);
  });
});

describe('is refused, with what to do', () => {
  it.each([
    [
      'kind: ConfigMap\nmetadata: {name: coredns}\ndata: {Corefile: ".:53 {}"}',
      'f: contains no kube-proxy configuration (found a ConfigMap coredns with Corefile)',
    ],
    ['kind: Pod', 'f: contains no kube-proxy configuration (found a Pod)'],
    ['', 'f: contains no kube-proxy configuration (file is empty)'],
    ['just text', 'f: contains no kube-proxy configuration (found plain text)'],
    ['conntrack: {maxPerCoer: 5}', 'f: conntrack.maxPerCoer: not a field of kube-proxy; did you mean maxPerCore?'],
    ['conntrack: {max: 5}', 'f: conntrack.max: field removed from kube-proxy; use min'],
    ['conntrack: {min: -5}', 'f: conntrack.min: expected a whole number, at least 0, got -5'],
    ['conntrack: {min: "5"}', 'f: conntrack.min: expected a whole number, at least 0, got "5"'],
    ['conntrack: {tcpEstablishedTimeout: 5}', 'f: conntrack.tcpEstablishedTimeout: expected a duration such as 24h0m0s, got 5'],
    ['conntrack: 7', 'f: conntrack: expected a map of fields'],
    ['a: [', expect.stringMatching(/^f: not valid YAML: /)],
  ])('%j', (text, message) => {
    expect(() => parseKubeProxyConfig(text, 'f')).toThrow(
      expect.objectContaining({ message, exitCode: 2, hint: expect.stringContaining('kubectl') }),
    );
  });
});
