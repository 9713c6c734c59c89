import { describe, expect, it } from 'vitest';
import { formatVersion } from '../../../../src/model/node/version.ts';
import { parseKubeProxyConfig } from '../../../../src/sizing/kube-proxy/kube-proxy-file.ts';

const BLOCK = 'maxPerCore: 0\nmin: 65536\ntcpEstablishedTimeout: 2h0m0s\n';
const indent = (text: string, by: string) => text.replace(/^(?=.)/gm, by);
const CONFIGURATION = `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\nconntrack:\n${indent(BLOCK, '  ')}`;
const CONFIG_MAP = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy, namespace: kube-system, resourceVersion: "5"}\ndata:\n  config.conf: |\n${indent(CONFIGURATION, '    ')}  kubeconfig.conf: "apiVersion: v1"\n`;
const READ = { maxPerCore: 0, min: 65_536, tcpEstablishedTimeout: 7_200 };
const read = (text: string) => parseKubeProxyConfig(text, 'f');

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
    expect(read(text).fields).toEqual(READ);
  });

  it('with null for a default, as kubeadm writes it', () => {
    expect(read('conntrack: {maxPerCore: null, min: null, max: null, tcpCloseWaitTimeout: null}').fields).toEqual({});
    expect(read('kind: KubeProxyConfiguration').fields).toEqual({});
  });

  it('with durations as Go reads them', () => {
    expect(read('conntrack: {tcpEstablishedTimeout: 1500ms, udpTimeout: "0"}').fields).toEqual({
      tcpEstablishedTimeout: 1.5,
      udpTimeout: 0,
    });
  });

  it('without fields that no release has, which it names', () => {
    const { fields, notes } = read('conntrack: {min: 5, tcpTimeWaitTimeout: 30s}');
    expect(fields).toEqual({ min: 5 });
    expect(notes.join('\n')).toContain('kube-proxy has no field conntrack.tcpTimeWaitTimeout and ignores it');
  });

  it('from the one of two that is not for Windows', () => {
    const windows =
      'kind: ConfigMap\nmetadata: {name: kube-proxy-windows}\ndata:\n  config.conf: |\n    kind: KubeProxyConfiguration\n';
    const { fields, notes, configMap } = read(`${windows}---\n${CONFIG_MAP}`);
    expect(fields).toEqual(READ);
    expect(configMap?.object).toMatchObject({ metadata: { name: 'kube-proxy' } });
    expect(notes.join('\n')).toContain('ConfigMap kube-proxy-windows with config.conf left out, because it is for Windows nodes');
    expect(read(`kind: KubeProxyConfiguration\nmode: kernelspace\nconntrack: {min: 7}\n---\n${CONFIGURATION}`).fields).toEqual(
      READ,
    );
  });

  it('twice the same as once', () => {
    expect(read(`${CONFIGURATION}---\n${CONFIGURATION}`).fields).toEqual(READ);
  });

  it('with mode, release and sysctl settings that stand in the same file', () => {
    const kubeadm = `kind: ClusterConfiguration\nkubernetesVersion: v1.31.2\n---\nkind: KubeProxyConfiguration\nmode: ipvs\nconntrack: {maxPerCore: 0}\n`;
    expect(read(kubeadm)).toMatchObject({ mode: 'ipvs', version: { major: 1, minor: 31, patch: 2 }, fields: { maxPerCore: 0 } });
    expect(read(CONFIGURATION)).toMatchObject({ mode: 'iptables', version: null, disabledBy: null, writer: 'kube-proxy' });
  });
});

describe('flags of kube-proxy are read', () => {
  const container = (more: string) =>
    `kind: DaemonSet\nmetadata: {name: kube-proxy}\nspec:\n  template:\n    spec:\n      containers:\n      - name: kube-proxy\n${more}`;
  const FLAGS = { maxPerCore: 131_072, min: 0 };

  it.each([
    ['a DaemonSet', container('        command: [kube-proxy, --v=2, --conntrack-max-per-core=131072, --conntrack-min=0]\n')],
    [
      'values apart',
      container('        command: [kube-proxy]\n        args: [--conntrack-max-per-core, "131072", --conntrack-min, "0"]\n'),
    ],
    [
      'a shell in a container',
      container('        command: [sh, -c, "kube-proxy --conntrack-max-per-core=131072 --conntrack-min=0 2>>/log"]\n'),
    ],
    [
      'a static pod',
      'kind: Pod\nspec: {containers: [{command: [/bin/kube-proxy, --conntrack-max-per-core=131072, --conntrack-min=0]}]}',
    ],
    [
      'a systemd unit',
      '[Service]\n# --conntrack-min=7\nExecStart=/usr/bin/kube-proxy \\\n  --conntrack-max-per-core=131072 \\\n  --conntrack-min 0 \\\n  --v=2\nRestart=on-failure\n',
    ],
    ['a file of arguments (MicroK8s)', '--cluster-cidr=10.1.0.0/16\n--conntrack-max-per-core=131072\n--conntrack-min=0\n'],
    ['an environment file', 'KUBE_PROXY_ARGS="--conntrack-max-per-core=131072 --conntrack-min=0"\n'],
    ['kops', 'kind: Cluster\nspec: {kubeProxy: {conntrackMaxPerCore: 131072, conntrackMin: 0}}'],
    ['k3s and RKE2', 'kube-proxy-arg:\n- conntrack-max-per-core=131072\n- conntrack-min=0\n'],
    ['RKE', 'services: {kubeproxy: {extra_args: {conntrack-max-per-core: "131072", conntrack-min: "0"}}}'],
    ['k0s', 'kind: ClusterConfig\nspec: {network: {kubeProxy: {extraArgs: {conntrack-max-per-core: 131072, conntrack-min: 0}}}}'],
    [
      'OpenShift',
      'kind: Network\nspec: {kubeProxyConfig: {proxyArguments: {conntrack-max-per-core: ["131072"], conntrack-min: ["0"]}}}',
    ],
    ['kubespray', 'kube_proxy_conntrack_max_per_core: 131072\nkube_proxy_conntrack_min: 0\n'],
  ])('from %s', (_, text) => {
    const { fields, asFlags } = read(text);
    expect({ fields, asFlags }).toEqual({ fields: FLAGS, asFlags: true });
  });

  it('and it is said how they map', () => {
    const { notes } = read('kube-proxy-arg: [conntrack-max-per-core=0]');
    expect(notes.join('\n')).toContain(
      'f (kube-proxy-arg) have the same meaning as fields: --conntrack-max-per-core 0 is maxPerCore 0',
    );
  });

  it('as k3s sets them itself', () => {
    expect(read('kube-proxy-arg: [conntrack-min=5]').writer).toBe('k3s');
    expect(read("[Service]\nExecStart=/usr/local/bin/k3s server '--kube-proxy-arg=conntrack-min=5'\n")).toMatchObject({
      writer: 'k3s',
      fields: { min: 5 },
    });
  });

  it('with the sysctl settings and defaults of Talos', () => {
    const talos = read('machine: {sysctls: {net.netfilter.nf_conntrack_max: "1048576"}}\ncluster: {proxy: {mode: ipvs}}\n');
    expect(talos).toMatchObject({ fields: { maxPerCore: 0 }, sysctl: { max: 1_048_576 }, mode: 'ipvs' });
    expect(read('cluster: {proxy: {extraArgs: {conntrack-max-per-core: "7"}}}').fields).toEqual({ maxPerCore: 7 });
    expect(
      read('kind: Cluster\nspec: {sysctlParameters: [net.netfilter.nf_conntrack_max=9], kubeProxy: {conntrackMin: 5}}'),
    ).toMatchObject({
      fields: { min: 5 },
      sysctl: { max: 9 },
    });
  });

  it('and the patches of kind, over kind’s own maxPerCore 0', () => {
    const kind = (patch: string) =>
      `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking: {kubeProxyMode: nftables}\nkubeadmConfigPatches:\n- |\n  kind: KubeProxyConfiguration\n${patch}`;
    expect(read(kind('  conntrack:\n    min: 9\n'))).toMatchObject({ fields: { maxPerCore: 0, min: 9 }, mode: 'nftables' });
    expect(read(kind('  conntrack:\n    maxPerCore: 8\n')).fields).toEqual({ maxPerCore: 8 });
  });

  it('with the release of an image, and defaults where no flag is set', () => {
    const { fields, version, notes } = read(
      container('        image: registry.k8s.io/kube-proxy:v1.28.4\n        command: [kube-proxy]\n'),
    );
    expect({ fields, version }).toEqual({ fields: {}, version: { major: 1, minor: 28, patch: 4 } });
    expect(notes.join('\n')).toContain('its defaults apply');
  });

  it.each([
    ['kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes: [{image: "kindest/node:v1.29.2@sha256:0"}]', '1.29.2'],
    ['kubernetes_version: v1.24.17-rancher1-1\nservices: {kubeproxy: {extra_args: {conntrack-min: 5}}}', '1.24.17'],
    ['kind: KubeadmControlPlane\nspec: {version: v1.30.1, conntrack: {min: 5}}', '1.30.1'],
  ])('with the release that a cluster is to have: %j', (text, release) => {
    const { version } = read(text);
    expect(version === null ? null : formatVersion(version)).toBe(release);
  });

  it.each([
    ['disable-kube-proxy: true', 'f (disable-kube-proxy)'],
    ['cluster: {proxy: {disabled: true}}', 'f (cluster.proxy)'],
    ['kind: Cluster\nspec: {kubeProxy: {enabled: false}}', 'f (Cluster: spec.kubeProxy)'],
  ])('or that there is none: %j', (text, place) => {
    expect(read(text).disabledBy).toBe(place);
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
    [
      'conntrack: {maxPerCoer: 5}',
      'f: conntrack.maxPerCoer: not a field of kube-proxy, which ignores it; did you mean maxPerCore?',
    ],
    ['conntrack: {min: -5}', 'f: conntrack.min: expected a whole number, at least 0, got -5'],
    ['conntrack: {min: "5"}', 'f: conntrack.min: expected a whole number, at least 0, got "5"'],
    ['conntrack: {tcpEstablishedTimeout: 5}', 'f: conntrack.tcpEstablishedTimeout: expected a duration such as 24h0m0s, got 5'],
    [
      'conntrack: {tcpEstablishedTimeout: 1d}',
      'f: conntrack.tcpEstablishedTimeout: expected a duration such as 24h0m0s, got "1d"',
    ],
    ['conntrack: 7', 'f: conntrack: expected a map of fields'],
    ['kind: KubeProxyConfiguration\nconntrack: 7', 'f: KubeProxyConfiguration: conntrack: expected a map of fields'],
    ['a: [', expect.stringMatching(/^f: not valid YAML, and contains no flags of kube-proxy: /)],
    ['kube-proxy-arg: [conntrack-min=-1]', 'f: --conntrack-min: expected a whole number, at least 0, got "-1"'],
    ['net.netfilter.nf_conntrack_max: 5', expect.stringContaining('give its sysctl settings with --sysctl')],
    [
      'kind: KubeProxyConfiguration\nconntrack: {min: 5}\n---\nkind: KubeProxyConfiguration\nconntrack: {min: 6}',
      'f: contains 2 kube-proxy configurations that differ: KubeProxyConfiguration (min 5) and KubeProxyConfiguration (min 6)',
    ],
    [
      'kind: DaemonSet\nmetadata: {name: a}\nspec: {containers: [{command: [kube-proxy, --conntrack-min=5]}]}\n---\nkind: DaemonSet\nmetadata: {name: b}\nspec: {containers: [{command: [kube-proxy, --conntrack-min=6]}]}',
      'f: two values for --conntrack-min: 5 (DaemonSet a: spec.containers.0) and 6 (DaemonSet b: spec.containers.0)',
    ],
    [
      'kind: DaemonSet\nspec: {containers: [{command: [kube-proxy, --config=/x/config, --conntrack-min=5]}]}',
      'f: kube-proxy reads its configuration from --config /x/config, and ignores the flags next to it (--conntrack-min 5)',
    ],
    [
      'Name:         kube-proxy\nNamespace:    kube-system\nLabels:       a=b\n\nData\n====\nconfig.conf:\n----\nkind: KubeProxyConfiguration\n',
      'f: this is the output of kubectl describe, which is not YAML; use kubectl get -o yaml',
    ],
  ])('%j', (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ message, exitCode: 2, hint: expect.anything() }));
  });
});
