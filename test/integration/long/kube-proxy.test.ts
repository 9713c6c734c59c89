import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { countEntries } from '../../../src/lab/host/table.ts';
import type { ClusterPlan } from '../../../src/model/result/plan/cluster-plan.ts';
import type { WatchSample } from '../../../src/model/result/watch.ts';
import { until } from '../../../src/platform/clock.ts';
import { violations } from '../../schemas/violations.ts';
import { IMAGE, noCluster, PROGRAMS, withCluster } from '../support/cluster.ts';
import { ctload, hostLimits, ROOT, start } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const NODE = 'node-a';
const OTHER = 'node-b';
/** More than any default limit of this machine holds. */
const LOAD = ['--websockets', '300k', '--rate', '100'];
const MAX = '/proc/sys/net/netfilter/nf_conntrack_max';
const HASHSIZE = '/sys/module/nf_conntrack/parameters/hashsize';
/** Addresses that the cluster's own kube-proxy on the node does not have. */
const FREE = { healthzBindAddress: '127.0.0.1:20256', metricsBindAddress: '127.0.0.1:20249' };
/** Connects to a server of its own, through the node's table. */
const CONNECT = `const net = require('node:net');
const server = net.createServer().listen(0, '127.0.0.1', () => {
  const say = (what) => { console.log(what); process.exit(); };
  net.connect(server.address().port, '127.0.0.1', () => say('connected')).on('error', () => say('failed'));
  setTimeout(() => say('failed'), 2500);
});`;

describe('real nodes', skipFor(noCluster), () => {
  const cluster = withCluster(2);

  /** Flags that have nothing to do with the table. */
  const others = () => [
    ...['--kubeconfig', cluster.kubeconfig, '--hostname-override', NODE, '--proxy-mode', 'nftables'],
    ...['--healthz-bind-address', FREE.healthzBindAddress, '--metrics-bind-address', FREE.metricsBindAddress],
  ];

  async function plan(...args: readonly string[]) {
    const output = join(cluster.folder, `plan-${args.length}`);
    const { code, stderr } = await ctload('plan', '--here', ...LOAD, '--output', output, ...args);
    expect(code, stderr).toBe(0);
    const file = (name: string) => readFileSync(join(output, name), 'utf8');
    return { max: JSON.parse(file('plan.json')).recommend.max as number, file };
  }

  /**
   * What the real kube-proxy writes to nf_conntrack_max on a node. The limit is that of the whole machine, and must stay: kube-proxy
   * finds ordinary files in place of it and of the number of buckets, in a mount namespace of its own; all else it reads and writes is
   * the node's.
   */
  async function written(before: number, ...args: readonly string[]): Promise<number> {
    const inPlace = join(cluster.folder, 'nf_conntrack_max');
    writeFileSync(inPlace, `${before}\n`);
    const buckets = join(cluster.folder, 'hashsize');
    writeFileSync(buckets, readFileSync(HASHSIZE));
    const script = `mount --bind '${inPlace}' ${MAX} && mount --bind '${buckets}' ${HASHSIZE} && exec "$@"`;
    const limits = hostLimits();
    const inNode = ['nsenter', `--net=/run/netns/${NODE}`, 'unshare', '--mount', 'sh', '-c', script, 'sh'];
    const [program = '', ...rest] = [...inNode, join(PROGRAMS, 'kube-proxy'), ...args];
    const proxy = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    proxy.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    try {
      // It reads its node, sets the limit if it does, and only then the services (cmd/kube-proxy/app/server.go, NewProxyServer and Run).
      expect(await until(() => /Caches are synced.*"service config"/.test(said), 40), said).toBe(true);
      return Number(readFileSync(inPlace, 'utf8'));
    } finally {
      proxy.kill('SIGKILL');
      expect(hostLimits()).toBe(limits);
    }
  }

  it("take the limit of the plan from kube-proxy's configuration, whatever it was before", async () => {
    const { max, file } = await plan();
    const [, text = ''] = Object.entries(parse(file('kube-proxy-configmap.yaml')).data as Record<string, string>).at(-1) ?? [];
    const configuration = {
      ...{ ...parse(text), ...FREE, mode: 'nftables', hostnameOverride: NODE },
      clientConnection: { kubeconfig: cluster.kubeconfig },
    };
    const config = join(cluster.folder, 'config.conf');
    writeFileSync(config, stringify(configuration));
    expect(max).toBeGreaterThan(262_144);
    expect(await written(262_144, '--config', config)).toBe(max);
  });

  it('keep their own where kube-proxy leaves it to the sysctl, as on Talos', async () => {
    const { file } = await plan('--write', 'talos', '--kube-proxy-version', 'none');
    const { cluster: given, machine } = parse(file('talos-conntrack.yaml'));
    const flags = Object.entries(given.proxy.extraArgs).map(([name, value]) => `--${name}=${value}`);
    const wanted = Number(machine.sysctls['net.netfilter.nf_conntrack_max']);
    expect(await written(wanted, ...flags, ...others())).toBe(wanted);
  });

  it('take it from the flags that k3s passes on', async () => {
    const { max, file } = await plan('--write', 'k3s');
    const flags = (parse(file('k3s-conntrack.yaml'))['kube-proxy-arg+'] as string[]).map((flag) => `--${flag}`);
    expect(await written(131_072, ...flags, ...others())).toBe(max);
  });

  it('take it from the flags that kops makes of its fields', async () => {
    const { max, file } = await plan('--write', 'kops');
    const { conntrackMaxPerCore, conntrackMin } = parse(file('kops-conntrack.yaml')).spec.kubeProxy;
    // KubeProxyConfig in pkg/apis/kops/componentconfig.go
    const flags = [`--conntrack-max-per-core=${conntrackMaxPerCore}`, `--conntrack-min=${conntrackMin}`];
    expect(await written(131_072, ...flags, ...others())).toBe(max);
  });

  it('are read and ranked by a plan of the cluster', async () => {
    const limits = hostLimits();
    const max = Number(/max (\d+)/.exec(limits)?.[1]);
    const args = ['--kube-context', 'lab', '--image', IMAGE, '--websockets', '300k', '--json'];
    const { code, stdout, stderr } = await ctload('plan', ...args);
    expect(code, stderr).toBe(0);
    expect(violations('cluster-plan', JSON.parse(stdout))).toEqual([]);
    const { nodes } = JSON.parse(stdout) as ClusterPlan;
    expect(nodes.map(({ name }) => name).sort(), stderr).toEqual([NODE, OTHER]);
    for (const node of nodes) {
      expect([node.unread, node.read?.max]).toEqual([null, max]);
      expect(node.load?.entriesWithPresent).toBe(300_000 + (node.read?.entries ?? 0));
      expect([node.computed?.max === max, node.differences.length > 0]).toEqual([node.agrees, !node.agrees]);
    }
    expect(nodes.map(({ rank }) => rank)).toEqual([1, 2]);
    expect(cluster.kubectl('get', 'namespaces', '-l', 'ctload.run', '-o', 'name').trim()).toBe('');
    expect(hostLimits()).toBe(limits);
    const nowhere = await ctload('plan', '--kube-context', 'nowhere');
    expect(nowhere).toMatchObject({ code: 112, stderr: expect.stringContaining('the kubeconfig has no context nowhere') });
  }, 120_000);

  it('show their tables, and those of their pods, to watch in kubectl debug and in its DaemonSet', async () => {
    const spec = { nodeName: NODE, containers: [{ name: 'web', image: 'ctload.test/pause:1' }] };
    const pod = join(cluster.folder, 'pod.json');
    writeFileSync(pod, JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1' }, spec }));
    const daemonSet = join(cluster.folder, 'daemonset.yaml');
    const shipped = readFileSync(join(ROOT, 'docker/watch/daemonset.yaml'), 'utf8');
    writeFileSync(daemonSet, shipped.replace('image: IMAGE', `image: ${IMAGE}`));
    const held = ['-p', 'tcp', '-s', '198.18.0.9', '-d', '198.18.0.10', '--dport', '443'];
    const state = ['--state', 'ESTABLISHED', '-u', 'ASSURED,SEEN_REPLY', '-t', '600'];
    const conntrack = (...args: readonly string[]) =>
      execFileSync('ip', ['netns', 'exec', NODE, 'conntrack', ...args], { stdio: 'ignore' });
    onTestFinished(() => {
      conntrack('-D', ...held);
      for (const file of [pod, daemonSet]) cluster.kubectl('delete', '-f', file, '--grace-period=1');
    });
    cluster.kubectl('apply', '-f', pod, '-f', daemonSet);
    cluster.kubectl('wait', '--for=condition=Ready', 'pod/web-1', '--timeout=60s');

    // Watch looks no further than the first expired entry that it frees, so that it does not change how a table fills: there is none now.
    conntrack('-F');
    // The five services with most entries are shown, and the node's own have one or two each.
    for (const port of [1000, 1001, 1002, 1003, 1004, 1005]) conntrack('-I', ...held, '--sport', String(port), ...state);
    const command = ['ctload', 'watch', '--json', '--duration', '2s'];
    const said = cluster.kubectl('debug', `node/${NODE}`, '--profile=sysadmin', `--image=${IMAGE}`, '--', ...command);
    const [, name = ''] = /debugging pod (\S+) with/.exec(said) ?? [];
    onTestFinished(() => void cluster.kubectl('delete', 'pod', name));
    cluster.kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', `pod/${name}`, '--timeout=60s');
    const samples = cluster.kubectl('logs', name).trimEnd().split('\n');
    const { tables, othersHidden } = JSON.parse(samples.at(-1) ?? '') as WatchSample;
    const [own] = tables;
    expect([own?.name, othersHidden]).toEqual(['here', false]);
    expect(own?.states?.services).toContainEqual({ service: 'tcp 198.18.0.10:443', entries: 6 });
    expect(tables.map((table) => table.name)).toContain('pod web-1');

    cluster.kubectl('rollout', 'status', 'daemonset/ctload-watch', '-n', 'ctload-watch', '--timeout=60s');
    const at = ['-n', 'ctload-watch', `--field-selector=spec.nodeName=${NODE}`, '-o', 'jsonpath={.items[0].status.podIP}'];
    const scraped = async () => (await fetch(`http://${cluster.kubectl('get', 'pods', ...at)}:9469/metrics`)).text();
    // It looks for namespaces every 5 s, and may have seen this one before it was the pod's.
    const named = /\nnode_nf_conntrack_entries\{netns="\d+",netns_name="pod web-1"\} \d/;
    await vi.waitFor(async () => expect(await scraped()).toMatch(named), { timeout: 30_000, interval: 500 });
  }, 120_000);

  it('lose new connections where fill has filled their table, and only there', async () => {
    const connect = (node: string) =>
      execFileSync('ip', ['netns', 'exec', node, process.execPath, '-e', CONNECT], { encoding: 'utf8' }).trim();
    const onNode = ['--node', NODE, '--image', IMAGE];
    const limits = hostLimits();
    const max = Number(/max (\d+)/.exec(limits)?.[1]);
    const filling = start(['fill', '--to', '100%', '--for', '20s', '--allow-outage', ...onNode]);
    await filling.seen(/Ctrl-C ends it/);
    expect(await countEntries(NODE)).toBeGreaterThanOrEqual(max);
    expect([connect(NODE), connect(OTHER)]).toEqual(['failed', 'connected']);
    expect(hostLimits()).toBe(limits);
    filling.child.kill('SIGKILL'); // the entries end by themselves
    await filling.ended;
    expect(await until(async () => (await countEntries(NODE)) < 1000, 20 + 130)).toBe(true); // gc starts once a minute
    expect(connect(NODE)).toBe('connected');
    const left = () => cluster.kubectl('get', 'namespaces', '-l', 'ctload.run', '-o', 'name').trim();
    expect(left()).toMatch(/^namespace\/ctload-fill-\w+-reader$/); // of the killed one: the next removes it
    const second = await ctload('fill', '--to', '20k', '--for', '2s', ...onNode);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stderr).toContain('removed what a killed run left');
    // The node has a few entries of its own.
    expect(second.stdout).toMatch(
      /^the table of node node-a held 20,\d{3} of .* (?:19,[5-9]\d\d|20,000) synthetic entries deleted\n$/,
    );
    expect(left()).toBe('');
    const nowhere = await ctload('fill', '--to', '20k', '--for', '2s', '--node', 'nowhere', '--image', IMAGE);
    expect(nowhere).toMatchObject({ code: 100, stderr: expect.stringContaining('the node nowhere: nodes "nowhere" not found') });
  }, 240_000);
});
