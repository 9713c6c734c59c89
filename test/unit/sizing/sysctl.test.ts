import { describe, expect, it } from 'vitest';
import { mergeSysctls, NO_SYSCTL, readSysctlAssignment, readSysctlFile } from '../../../src/sizing/sysctl.ts';

const file = (text: string) => readSysctlFile(text, 'f');

describe('sysctl settings', () => {
  it('are read from a sysctl.d file', () => {
    const text =
      '# net.netfilter.nf_conntrack_max = 1\n; net.netfilter.nf_conntrack_max = 2\n\nvm.swappiness = 10\n' +
      'net.netfilter.nf_conntrack_max=5\n-net/netfilter/nf_conntrack_max = 1048576\n  net.netfilter.nf_conntrack_buckets =262144\n' +
      'net.netfilter.nf_conntrack_tcp_timeout_time_wait = 30\nnet.netfilter.nf_conntrack_acct = 1\n';
    expect(file(text)).toEqual({
      max: 1_048_576,
      buckets: 262_144,
      timeouts: { tcp_time_wait: 30 },
      others: ['net.netfilter.nf_conntrack_acct'],
    });
  });

  it.each([
    ['sysctl -a', 'net.netfilter.nf_conntrack_count = 7\nnet.netfilter.nf_conntrack_max = 9\nnet.nf_conntrack_max = 9\n'],
    ['the name of 2.6', 'net.ipv4.netfilter.ip_conntrack_max = 9\n'],
    ['YAML', '  net.netfilter.nf_conntrack_max: "9"\n'],
    ['TOML (Bottlerocket)', '[settings.kernel.sysctl]\n"net.netfilter.nf_conntrack_max" = "9"\n'],
    ['a list in YAML (kops)', '  - net.netfilter.nf_conntrack_max=9\n'],
    ['JSON in one line', '{"sysctls": {"netNetfilterNfConntrackMax": 9, "netNetfilterNfConntrackBuckets": 512}}'],
    ['JSON (AKS)', '{ "sysctls": {\n  "netNetfilterNfConntrackMax": 9,\n  "netCoreSomaxconn": 5 } }\n'],
  ])('as %s has them', (_, text) => {
    expect(file(text)).toMatchObject({ max: 9 });
  });

  it.each([
    ['net.netfilter.nf_conntrack_max=9', { max: 9 }],
    ['nf_conntrack_buckets = 512', { buckets: 512 }],
    ['net.netfilter.nf_conntrack_udp_timeout_stream=60', { timeouts: { udp_stream: 60 } }],
  ])('one by one: %s', (text, expected) => {
    expect(readSysctlAssignment(text)).toMatchObject(expected);
  });

  it('the last of several counts', () => {
    const settings = ['nf_conntrack_max=1', 'nf_conntrack_udp_timeout=5', 'nf_conntrack_max=2'].map(readSysctlAssignment);
    expect(settings.reduce(mergeSysctls, NO_SYSCTL)).toEqual({ max: 2, timeouts: { udp: 5 }, others: [] });
  });

  it.each([
    [() => readSysctlAssignment('vm.swappiness=10'), 'not a conntrack setting'],
    [() => readSysctlAssignment('nf_conntrack_acct=1'), 'has no effect on a plan'],
    [() => readSysctlAssignment('nf_conntrack_buckts=1'), 'did you mean buckets?'],
    [() => readSysctlAssignment('nf_conntrack_max=0'), 'expected a whole number, at least 1, got "0"'],
    [() => readSysctlAssignment('nf_conntrack_max=1M'), 'expected a whole number, at least 1, got "1M"'],
    [() => file('vm.swappiness = 10\n'), 'f: sets no conntrack limit or timeout'],
    [() => file('net.netfilter.nf_conntrack_max = lots\n'), 'f: net.netfilter.nf_conntrack_max: expected a whole number'],
  ])('are refused with what to do: %s', (read, message) => {
    expect(read).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }));
  });
});
