import { describe, expect, it } from 'vitest';
import { instanceType } from '../../../../src/model/node/instance-types.ts';
import { kernelDefault } from '../../../../src/model/node/kernel.ts';
import {
  KUBE_PROXY_DEFAULTS,
  kubeProxyTimeouts,
  kubeProxyWant,
  timeoutRecord,
  writePolicy,
} from '../../../../src/model/node/kube-proxy.ts';
import { nodeLimit } from '../../../../src/model/node/limit.ts';
import { estimateMemTotal, isNearClass } from '../../../../src/model/node/memory.ts';
import { tableBytes } from '../../../../src/model/node/table-memory.ts';
import { parseVersion } from '../../../../src/model/node/version.ts';

const GIB = 2 ** 30;
const version = (text: string) => parseVersion(text) ?? expect.fail(`no version: ${text}`);

describe('the kernel’s default', () => {
  // Read from guests of these kernels: MemTotal in kB, nf_conntrack_max, nf_conntrack_buckets.
  it.each([
    ['5.10', 487_144, 16_384, 4_096],
    ['5.10', 1_002_472, 32_768, 8_192],
    ['5.10', 2_033_128, 65_536, 16_384],
    ['5.10', 4_028_508, 65_536, 16_384],
    ['5.10', 8_151_132, 262_144, 65_536],
    ['6.1', 480_284, 4_096, 4_096],
    ['6.1', 995_612, 8_192, 8_192],
    ['6.1', 2_026_268, 65_536, 65_536],
    ['6.12', 475_016, 4_096, 4_096],
    ['6.12', 990_348, 8_192, 8_192],
    ['6.12', 8_151_132, 262_144, 262_144],
    // By the formula alone.
    ['5.14', 8 * 2 ** 20, 262_144, 65_536],
    ['5.15', 8 * 2 ** 20, 262_144, 262_144],
    ['6.1', 4 * 2 ** 20, 65_536, 65_536], // exactly 4 GiB is not above it
    ['6.1', 4 * 2 ** 20 + 4, 262_144, 262_144],
    ['6.1', 2 ** 20, 8_192, 8_192],
    ['6.1', 2 ** 20 + 4, 65_536, 65_536],
    ['6.1', 64 * 1024, 1_024, 1_024], // never fewer
    ['5.10', 16 * 1024, 2_048, 512], // rounded up to a page of heads
    ['6.1', 768 * 2 ** 20, 262_144, 262_144], // never more
    ['4.0', 8 * 2 ** 20, 262_144, 65_536],
    ['3.19', 8 * 2 ** 20, 65_536, 16_384], // no class above 4 GiB before 4.0
    ['3.10.0-327.el7.x86_64', 8 * 2 ** 20, 65_536, 16_384],
    ['2.6.32', 502_528, 15_704, 4_096], // max was not rounded with the buckets before 4.7
    ['4.6', 502_528, 15_704, 4_096],
    ['4.7', 502_528, 16_384, 4_096],
  ])('kernel %s, MemTotal %i kB → max %i, buckets %i', (kernel, kilobytes, max, buckets) => {
    expect(kernelDefault({ kernel: version(kernel), memTotalBytes: kilobytes * 1024, bits: 64 })).toMatchObject({ max, buckets });
  });

  it.each([
    ['6.1', 8, 65_536, 65_536], // a 32-bit kernel has no class above 1 GiB since 5.15
    ['5.10', 8, 262_144, 65_536],
    ['6.1', 0.5, 8_192, 8_192], // pointers of 4 bytes: twice the buckets
  ])('32 bit, kernel %s, %d GiB → max %i, buckets %i', (kernel, gib, max, buckets) => {
    expect(kernelDefault({ kernel: version(kernel), memTotalBytes: gib * GIB, bits: 32 })).toMatchObject({ max, buckets });
  });

  it.each([
    ['4.4', 128_000],
    ['5.10', 131_072],
    ['6.12', 131_072],
  ])('with hashsize= is eight entries per bucket: kernel %s → max %i', (kernel, max) => {
    const inputs = { kernel: version(kernel), memTotalBytes: 8 * GIB, bits: 64, hashsize: 16_000 } as const;
    expect(kernelDefault(inputs)).toMatchObject({ max, buckets: 16_384 });
  });

  it('costs what was measured: 96 + 2 MiB for 262144', () => {
    expect(tableBytes({ max: 262_144, buckets: 262_144 }, version('6.1'))).toBe(98 * 2 ** 20);
    expect(tableBytes({ max: 262_144, buckets: 65_536 }, version('5.10'))).toBe(112.5 * 2 ** 20);
  });
});

describe('usable memory', () => {
  it.each([
    [512, 480_284],
    [1024, 995_612],
    [2048, 2_026_268],
    [4096, 4_028_508],
    [8192, 8_151_132],
  ])('of a machine of %i MiB is %i kB, within 1 %%', (mib, measured) => {
    expect(Math.abs(estimateMemTotal(mib * 2 ** 20) / 1024 / measured - 1)).toBeLessThan(0.01);
  });

  it('keeps a machine sold with 1 or 4 GiB below that line, and says when it is close', () => {
    expect(estimateMemTotal(GIB)).toBeLessThan(GIB);
    expect(estimateMemTotal(4 * GIB)).toBeLessThan(4 * GIB);
    expect(isNearClass(estimateMemTotal(4.15 * GIB))).toBe(true);
    expect(isNearClass(estimateMemTotal(8 * GIB))).toBe(false);
  });
});

describe('kube-proxy', () => {
  it.each([
    ['1.18', 'exact'],
    ['1.22.17', 'exact'],
    ['1.23.0', 'raise-only'],
    ['1.28.15', 'raise-only'],
    ['1.29', 'exact'],
    ['v1.29.3-eks-1234', 'exact'],
    ['1.36', 'exact'],
    ['1.36.5', 'exact'],
    ['1.36.6', 'raise-only'],
    ['1.37.0', 'exact'],
    ['1.37.1', 'exact'],
    ['1.37.2', 'raise-only'],
    ['v1.37.2-eks-1234', 'raise-only'],
    ['1.38', 'raise-only'],
    ['2.0', 'raise-only'],
  ])('%s writes: %s', (release, policy) => {
    expect(writePolicy(version(release)).policy).toBe(policy);
  });

  it('of a series with both rules asks for the patch release', () => {
    expect(writePolicy(version('1.37')).why).toContain('from 1.37.2 on it only raises the limit: name the patch release');
    expect(writePolicy(version('1.35')).why).not.toContain('name the patch');
  });

  it.each([
    ['1.29', 1, {}, 131_072],
    ['1.29', 4, {}, 131_072],
    ['1.29', 8, {}, 262_144],
    ['1.29', 36, {}, 1_179_648],
    ['1.35', 96, {}, 3_145_728],
    ['1.36', 96, {}, 1_048_576], // the cap
    ['1.36', 32, {}, 1_048_576], // exactly at it
    ['1.36', 96, { min: 2_000_000 }, 1_048_576], // the cap is tested before the floor
    ['1.36', 8, { min: 2_000_000 }, 2_000_000], // an explicit min above it wins while the cores ask for less
    ['1.35', 96, { min: 4_000_000 }, 4_000_000],
    ['1.29', 8, { maxPerCore: 0 }, 0],
    ['1.29', 8, { maxPerCore: 0, min: 500_000 }, 0], // min counts for nothing then
    ['1.29', 2, { min: 0 }, 65_536],
  ])('%s with %i cores and %j wants %i', (release, cores, fields, want) => {
    expect(kubeProxyWant({ ...KUBE_PROXY_DEFAULTS, ...fields }, cores, version(release)).want).toBe(want);
  });

  it('sets the timeouts that are not 0', () => {
    const timeouts = kubeProxyTimeouts(KUBE_PROXY_DEFAULTS, version('1.29'));
    expect(timeoutRecord(timeouts)).toEqual({ tcp_established: 86_400, tcp_close_wait: 3_600 });
  });
});

describe('the limit of a node', () => {
  const limit = (type: string, kernel: string, release: string | null, fields = {}) => {
    const known = instanceType(type) ?? expect.fail(`no type: ${type}`);
    const node = {
      cores: known.cores,
      memTotalBytes: estimateMemTotal(known.memoryBytes),
      kernel: version(kernel),
      bits: 64 as const,
    };
    return nodeLimit(
      node,
      release === null ? null : { version: version(release), conntrack: { ...KUBE_PROXY_DEFAULTS, ...fields } },
    );
  };

  it.each([
    ['t2.micro', '6.1', '1.22', 131_072, 32_768],
    ['t2.micro', '6.1', '1.28', 131_072, 32_768],
    ['t2.micro', '6.1', '1.37', 131_072, 32_768],
    ['t2.micro', '6.1', '1.38', 131_072, 32_768],
    ['t2.micro', '6.1', null, 8_192, 8_192],
    ['t2.micro', '5.10', null, 32_768, 8_192],
    ['m5.large', '6.1', null, 262_144, 262_144],
    ['m5.large', '6.1', '1.22', 131_072, 262_144],
    ['m5.large', '6.1', '1.23', 262_144, 262_144],
    ['m5.large', '6.1', '1.28', 262_144, 262_144],
    ['m5.large', '6.1', '1.29', 131_072, 262_144],
    ['m5.large', '6.1', '1.37', 131_072, 262_144],
    ['m5.large', '6.1', '1.38', 262_144, 262_144],
    ['t3.medium', '6.1', null, 65_536, 65_536], // sold with 4 GiB
    ['m5.large', '6.1', '1.37.2', 262_144, 262_144],
    ['c5.9xlarge', '6.1', '1.35', 1_179_648, 294_912], // the hash table follows to a quarter
    ['m5.large', '4.4', '1.6.0', 131_072, 32_768], // before 1.7 whatever it was
    ['m5.large', '4.4', '1.7.0', 131_072, 65_536],
  ])('%s, kernel %s, kube-proxy %s → max %i, buckets %i', (type, kernel, release, max, buckets) => {
    expect(limit(type, kernel, release)).toMatchObject({ max, buckets });
  });

  it('with maxPerCore 0 is the kernel’s', () => {
    expect(limit('m5.large', '6.1', '1.29', { maxPerCore: 0 })).toMatchObject({
      max: 262_144,
      policy: 'none',
      kubeProxyWant: null,
    });
  });

  it('shows each step', () => {
    expect(limit('m5.large', '6.1', '1.29').steps).toEqual([
      expect.stringMatching(/^kernel default: nf_conntrack_max 262144, nf_conntrack_buckets 262144; usable memory above 4 GiB/),
      'kube-proxy wants 131072: maxPerCore 32768 × 2 cores = 65536 is less than min 131072',
      'kube-proxy 1.29 writes what it wants, up or down (1.29 to 1.36.5 and 1.37.1)',
      'kube-proxy leaves the buckets unchanged: 262144 is at least want ÷ 4 = 32768',
      'in force: nf_conntrack_max 131072, nf_conntrack_buckets 262144',
    ]);
  });
});
