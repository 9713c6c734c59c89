import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TIMEOUT_NAMES, timeoutSeconds } from '../../../../src/model/input/timeouts.ts';
import { wholePages } from '../../../../src/model/node/kernel.ts';
import { parseVersion } from '../../../../src/model/node/version.ts';
import { plannedNodes } from '../../../../src/session/planning/plan-node.ts';
import { parseKubeProxyConfig } from '../../../../src/sizing/kube-proxy/kube-proxy-file.ts';
import { NO_SYSCTL, readSysctlAssignment, type SysctlSettings } from '../../../../src/sizing/sysctl.ts';

const version = (text: string) => parseVersion(text) ?? expect.fail(text);

interface Given {
  readonly release?: string;
  readonly cores?: number;
  readonly sysctl?: SysctlSettings;
  /** A file for --kube-proxy-config. */
  readonly config?: string;
}

function planned({ release, cores = 2, sysctl = NO_SYSCTL, config }: Given) {
  const [node] = plannedNodes(
    {
      cores,
      memoryBytes: 16 * 2 ** 30,
      bits: 64,
      instanceTypes: [],
      here: false,
      sysctl,
      kubeProxyVersion: release === undefined || release === 'none' ? release : version(release),
      kubeProxyFile: config === undefined ? undefined : parseKubeProxyConfig(config, 'f'),
    },
    undefined,
  );
  return node;
}

const seconds = (timeouts: Readonly<Record<string, number>>) =>
  (['tcp_established', 'tcp_close_wait', 'udp', 'udp_stream'] as const).map((name) => timeoutSeconds(name, timeouts));

/** Its lines: what was there and what was asked for, and what it left. */
const WRITTEN = readFileSync(new URL('../../../fixtures/kube-proxy-writes.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => line.split('\t'));

describe('what the real kube-proxy wrote', () => {
  it('is known for 19 configurations of each of four releases', () => {
    expect(WRITTEN.length).toBeGreaterThanOrEqual(4 * 19);
    expect(new Set(WRITTEN.map(([release]) => release)).size).toBe(4);
  });

  it.each(WRITTEN)('%s over %s in %s buckets with %s', (release, max, buckets, block, wroteMax, wroteBuckets, ...wrote) => {
    const sysctl = { ...NO_SYSCTL, max: Number(max), buckets: Number(buckets) };
    const node = planned({ release, sysctl, config: `conntrack: ${block}` });
    expect(node.limit.max).toBe(Number(wroteMax));
    expect(node.limit.buckets).toBe(wholePages(Number(wroteBuckets), 64));
    expect(seconds(node.timeouts)).toEqual(wrote.slice(0, 4).map(Number));
  });
});

describe('timeouts under kube-proxy', () => {
  it.each([
    ['1.22', 86_400, 3_600],
    ['1.23', 432_000, 3_600],
    ['1.28', 432_000, 3_600],
    ['1.29', 86_400, 3_600],
    ['1.38', 86_400, 3_600],
  ])('of %s: established %i, close_wait %i', (release, established, closeWait) => {
    expect(seconds(planned({ release }).timeouts).slice(0, 2)).toEqual([established, closeWait]);
  });

  it('says what stays, and why', () => {
    expect(planned({ release: '1.28' }).assumptions).toContain(
      'tcp_established stays 120h: kube-proxy 1.28 only raises sysctls, and asks for 24h',
    );
  });

  it('start from those that sysctl sets', () => {
    const sysctl = readSysctlAssignment('net.netfilter.nf_conntrack_tcp_timeout_established=3600');
    expect(planned({ release: '1.28', sysctl }).timeouts['tcp_established']).toBe(86_400);
    const node = planned({ release: '1.37.2', sysctl });
    expect(node.timeouts['tcp_established']).toBe(86_400);
    expect(node.assumptions.join('\n')).toContain('kube-proxy overwrites tcp_established 1h (set by sysctl) with 24h');
    const timeWait = readSysctlAssignment('nf_conntrack_tcp_timeout_time_wait=30');
    expect(planned({ sysctl: timeWait })).toMatchObject({ timeouts: { tcp_time_wait: 30 }, setTimeouts: { tcp_time_wait: 30 } });
  });
});

describe('a limit set by sysctl', () => {
  const sysctl = readSysctlAssignment('net.netfilter.nf_conntrack_max=1048576');

  it.each([
    ['none', 1_048_576, 262_144],
    ['1.28', 1_048_576, 262_144],
    ['1.37.2', 1_048_576, 262_144],
    ['1.37.1', 131_072, 262_144],
    ['1.29', 131_072, 262_144],
    ['1.22', 131_072, 262_144],
  ])('under kube-proxy %s is %i', (release, max, buckets) => {
    expect(planned({ release, sysctl }).limit).toMatchObject({ max, buckets, kernelDefaultMax: 262_144 });
  });

  it('is said to be overwritten', () => {
    expect(planned({ release: '1.29', sysctl }).limit.steps.join('\n')).toContain(
      'so the nf_conntrack_max 1048576 set by sysctl is overwritten with 131072 when it starts',
    );
  });

  it('is that of a node of which nothing else is known', () => {
    const [node] = plannedNodes({ bits: 64, instanceTypes: [], here: false, sysctl }, undefined);
    expect(node.limit).toMatchObject({ max: 1_048_576, buckets: 262_144, policy: 'none' });
  });

  it('comes with its buckets in whole pages', () => {
    expect(planned({ release: 'none', sysctl: { ...NO_SYSCTL, max: 5_000, buckets: 1_000 } }).limit).toMatchObject({
      max: 5_000,
      buckets: 1_024,
    });
  });
});

describe('fields by release', () => {
  it.each([
    ['1.12.5', '{max: null, maxPerCore: 65535, min: 655350}', 655_350],
    ['1.12.5', '{max: 0, maxPerCore: 32768, min: 131072}', 262_144],
    ['1.12.5', '{max: 524288}', 524_288],
    ['1.15', '{max: 524288}', 524_288],
    ['1.16', '{max: 524288}', 262_144],
    ['1.37.1', '{max: 524288}', 262_144],
    ['1.12.5', '{max: 0}', 262_144], // nothing is asked for: the kernel's
  ])('%s with %s: %i', (release, block, max) => {
    expect(planned({ release, cores: 8, config: `conntrack: ${block}` }).limit.max).toBe(max);
  });

  it('that a release does not have are named', () => {
    expect(planned({ release: '1.37.2', config: 'conntrack: {max: 300000}' }).assumptions.join('\n')).toContain(
      'kube-proxy 1.37.2 ignores conntrack.max (removed in 1.16)',
    );
    const early = planned({ release: '1.28', config: 'conntrack: {udpStreamTimeout: 300s}' });
    expect(early.assumptions.join('\n')).toContain('kube-proxy 1.28 has no conntrack.udpStreamTimeout');
    expect(early.timeouts['udp_stream']).toBeUndefined();
  });

  it('refuses what that release would not start with', () => {
    expect(() => planned({ release: '1.12', config: 'conntrack: {max: 5, maxPerCore: 6}' })).toThrow(/cannot be combined/);
  });
});

describe('a file for --kube-proxy-config', () => {
  it('names the release, unless a flag does', () => {
    const config = 'kubernetesVersion: v1.28.3\n---\nkind: KubeProxyConfiguration\n';
    expect(planned({ config }).node.kubeProxyVersion).toBe('1.28.3');
    expect(planned({ config, release: '1.31' }).node.kubeProxyVersion).toBe('1.31');
  });

  it('brings its own sysctl settings, those of --sysctl go before them', () => {
    const config =
      'machine: {sysctls: {net.netfilter.nf_conntrack_max: "9000"}}\ncluster: {proxy: {extraArgs: {conntrack-max-per-core: 0}}}';
    expect(planned({ config }).limit.max).toBe(9_000);
    expect(planned({ config, sysctl: { ...NO_SYSCTL, max: 8_000 } }).limit.max).toBe(8_000);
  });

  it('of k3s is written by k3s: up or down, without the buckets', () => {
    const config = 'kube-proxy-arg: [conntrack-max-per-core=20000, conntrack-min=0]';
    expect(planned({ config, sysctl: { ...NO_SYSCTL, max: 65_536, buckets: 1_024 } }).limit).toMatchObject({
      max: 40_000,
      buckets: 1_024,
    });
  });

  it('that turns kube-proxy off leaves the node without', () => {
    expect(planned({ config: 'disable-kube-proxy: true' })).toMatchObject({
      kubeProxy: null,
      limit: { max: 262_144, policy: 'none' },
    });
  });

  it('is refused for a kube-proxy that is not there', () => {
    expect(() => planned({ release: 'none', config: 'conntrack: {min: 5}' })).toThrow(
      /--kube-proxy-version none contradict each other/,
    );
    expect(() => planned({ release: '1.29', config: 'disable-kube-proxy: true' })).toThrow(/turns kube-proxy off/);
  });
});

it('timeouts have the names of a scenario', () => {
  expect(TIMEOUT_NAMES).toEqual(expect.arrayContaining(Object.keys(planned({}).timeouts)));
});
