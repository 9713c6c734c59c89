import { readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PlanReport } from '../../../src/model/result/plan/plan.ts';
import { tcpLine } from '../../fixtures/listings.ts';
import { violations } from '../../schemas/violations.ts';
import { CLI, ctload, hostLimits, start, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';
import { check, provideValidators } from '../support/validators.ts';

const missing = provideValidators();

async function planned(...args: readonly string[]): Promise<PlanReport> {
  const { code, stdout, stderr } = await ctload('plan', ...args, '--json');
  expect(code, stderr).toBe(0);
  const report = JSON.parse(stdout);
  expect(violations('plan', report)).toEqual([]);
  return report;
}

describe('ctload plan', () => {
  it('answers in the four formats', async () => {
    const release = ['--kube-proxy-version', '1.29'];
    const flags = [
      'plan',
      '--instance-type',
      'm5.large,m5.2xlarge',
      ...release,
      '--rate',
      '900',
      '--websockets',
      '5k',
      '--lifetime',
      '2s',
    ];
    const [text, markdown, html, json] = await Promise.all(
      [[], ['--format', 'markdown'], ['--format', 'html'], ['--json']].map((more) => ctload(...flags, ...more)),
    );
    expect(text?.stdout).toContain('EC2 m5.large has room for 131,072 conntrack entries in 262,144 buckets');
    expect(markdown?.stdout).toMatch(/^# Conntrack plan for EC2 m5\.large$/m);
    expect(html?.stdout).toMatch(/^<!doctype html>/);
    expect(JSON.parse(json?.stdout ?? '')).toMatchObject({
      schema: 'ctload/plan@1',
      limit: { kernelDefaultMax: 262_144, kubeProxyWant: 131_072, policy: 'exact', max: 131_072, buckets: 262_144 },
      load: { holds: false, byState: { ESTABLISHED: 6_800, TIME_WAIT: 108_000 } },
      limits: [{ instanceType: 'm5.large' }, { instanceType: 'm5.2xlarge' }],
    });
  });

  it('tells a type that lacks the headroom from one that is too small', async () => {
    const types = ['--instance-type', 'm5.large,m5.2xlarge,c5.large', '--kube-proxy-version', '1.29'];
    const { stdout } = await ctload('plan', ...types, '--rate', '700', '--websockets', '20k', '--lifetime', '500ms');
    expect(stdout).toContain(
      '  · instance types that hold the load: m5.2xlarge\n  · too little headroom: c5.large\n  · too small: m5.large\n',
    );
  });

  it.each([
    [['--instance-type', 'm5.lrge'], 'error: unknown instance type m5.lrge; did you mean m5.large?'],
    [['--here', '--rate', '-5'], "error: option '--rate <n>' argument '-5' is invalid. expected a number, at least 0"],
    [
      ['--cores', '2', '--mem-total', '995612'],
      'expected an amount of memory such as 8Gi, 512Mi or 995612Ki; 972.3 KiB is too small for a machine',
    ],
    [['--cores', '2', '--memory', '8GB'], 'expected an amount of memory such as 8Gi'],
    [['--here', '--timeout', 'tcp_timewait=3s'], 'did you mean tcp_time_wait?'],
    [['--here', '--format', 'pdf'], 'Allowed choices are text, markdown, html, json'],
    [['--here', '--kube-proxy-config', 'package.json'], 'error: package.json: contains no kube-proxy configuration'],
    [['--here', '--kube-proxy-config', 'no/such'], 'error: cannot read --kube-proxy-config no/such'],
    [['--here', '--sysctl', 'no/such'], 'error: cannot read --sysctl no/such: no such file or directory'],
    [['--here', '--sysctl', 'vm.swappiness=1'], 'error: --sysctl vm.swappiness=1: not a conntrack setting'],
    [['--here', '--set', 'gateway.conntrack.max=5'], 'error: --set gateway.conntrack.max=5 changes a scenario, and no scenario'],
    [['--here', '-e', 'A=5'], 'error: -e A changes a scenario, and no scenario file is named'],
    [['--here', '--timeout', 'udp_stream=60s'], 'error: --timeout udp_stream: no entry of this load has that timeout'],
    [['--here', '--timeout', 'nf_conntrack_tcp_timeout_time_wait=3s'], 'did you mean tcp_time_wait?'],
    [['--here', '--kernel', '6'], 'expected a kernel version such as 6.1'],
  ])('refuses %j with one error and what is valid', async (args, message) => {
    const { code, stderr, stdout } = await ctload('plan', ...args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.match(/^error:/gm)).toHaveLength(1);
  });

  it('reads what this machine has', async () => {
    const { limit, node, timeouts } = await planned('--here');
    expect(`max ${limit.max} buckets ${limit.buckets}`).toBe(hostLimits());
    expect(node.memTotalBytes).toBe(totalmem());
    const established = Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established', 'utf8'));
    expect(timeouts['tcp_established'] ?? 432_000).toBe(established);
  });
});

describe('a listing of a table', () => {
  it('takes the load from a listing: plain, gzip, or from stdin, with damaged lines', async () => {
    const folder = temporaryFolder();
    const lines = Array.from({ length: 1200 }, (_, index) => tcpLine('TIME_WAIT', index % 120, { from: index }));
    const text = [...lines.slice(0, 600), 'tcp      6 119 TIME_WA', ...lines.slice(600)].join('\n');
    writeFileSync(join(folder, 'plain'), text);
    writeFileSync(join(folder, 'table.gz'), gzipSync(text));
    writeFileSync(join(folder, 'cut.gz'), gzipSync(text).subarray(0, -9));
    const node = ['--cores', '2', '--memory', '8Gi', '--kube-proxy-version', 'none'];
    const plain = await planned(...node, '--table', join(folder, 'plain'));
    expect(plain.load.rate?.value).toBeCloseTo(10, 0);
    expect(plain.table).toMatchObject({ entries: 1200, damaged: { lines: 1, samples: [{ line: 601 }] } });
    expect(plain.load.entries).toBe(1200);
    for (const file of ['table.gz', 'cut.gz']) {
      const { load, assumptions } = await planned(...node, '--table', join(folder, file));
      expect(load.rate?.value).toBeCloseTo(10, 0);
      expect(assumptions.join('\n').includes('the listing ends early')).toBe(file === 'cut.gz');
    }
    const piped = [
      'sh',
      '-c',
      `cat '${join(folder, 'table.gz')}' | '${process.execPath}' '${CLI}' plan ${node.join(' ')} --table - --json`,
    ];
    const { code, stdout, stderr } = await start([], piped).ended;
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).load.rate).toEqual(plain.load.rate);
  });

  it('takes the load from the table of this machine', skipFor(unfit), async () => {
    const entry = '-p tcp -s 198.18.0.9 -d 198.18.0.10 --sport 1 --dport 443 --state ESTABLISHED -u ASSURED,SEEN_REPLY -t 86390';
    const plan = `'${process.execPath}' '${CLI}' plan --table --here --json`;
    const { code, stdout, stderr } = await start([], ['unshare', '--net', 'sh', '-c', `conntrack -I ${entry} && ${plan}`]).ended;
    expect(code, stderr).toBe(0);
    const { node, table } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as PlanReport;
    expect(node.source).toBe((await planned('--here')).node.source);
    expect(table).toMatchObject({ source: 'this machine', entries: 1, services: [{ service: 'tcp 198.18.0.10:443' }] });
  });

  it.each([
    ['no/such', 'cannot read --table no/such: no such file or directory'],
    ['/dev/zero', 'cannot read --table /dev/zero: it is a device'],
    ['package.json', '--table package.json: no entry of a conntrack table; line 1 is "{"'],
    ['/dev/null', 'cannot read --table /dev/null: it is a device'],
    ['src', 'cannot read --table src: it is a folder'],
  ])('refuses a table that is none: %s', async (file, message) => {
    const { code, stderr } = await ctload('plan', '--cores', '2', '--memory', '8Gi', '--table', file);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).toMatch(/^error: .*\nhint: .*\n$/);
  });

  it('says what grew since an earlier listing, and hides addresses', async () => {
    const folder = temporaryFolder();
    const many = (count: number, to: string) =>
      Array.from({ length: count }, (_, from) => tcpLine('ESTABLISHED', 400_000, { to, from }));
    writeFileSync(join(folder, 'before'), many(100, '10.96.0.1').join('\n'));
    writeFileSync(join(folder, 'after'), [...many(110, '10.96.0.1'), ...many(600, '10.96.0.9')].join('\n'));
    const files = ['--table', join(folder, 'after'), '--earlier-table', join(folder, 'before'), '--table-interval', '10m'];
    const { table } = await planned('--cores', '2', '--memory', '8Gi', ...files, '--anonymise');
    expect(table?.growth?.services).toEqual([
      { service: 'tcp address-1:443', entries: 1, established: 1 },
      { service: 'tcp address-2:443', entries: expect.closeTo(1 / 60, 3), established: expect.closeTo(1 / 60, 3) },
    ]);
    expect(JSON.stringify(table)).not.toMatch(/10\.96/);
  });
});

describe('files to paste', skipFor(missing), () => {
  it.each([
    ['--leak-rate', '20'],
    ['--rate', '900'],
    ['--websockets', '100'],
    ['--rate', '0'],
  ])('rules pass promtool check rules: %s %s', async (...load) => {
    const { paste } = await planned('--instance-type', 'm5.large', ...load);
    const file = join(temporaryFolder(), 'rules.yaml');
    writeFileSync(file, paste['conntrack-alerts.yaml'] ?? '');
    const { code, says } = check('', 'promtool', 'check', 'rules', file);
    expect(code, says).toBe(0);
    expect(says).toContain('4 rules found');
  });

  it('a rule with a typing error does not pass', () => {
    const file = join(temporaryFolder(), 'rules.yaml');
    writeFileSync(file, 'groups: [{name: a, rules: [{alert: A, expr: "rate(x[5m] > 0"}]}]\n');
    expect(check('', 'promtool', 'check', 'rules', file).code).not.toBe(0);
  });

  it('fails a pipeline in which kube-proxy 1.29 halves the limit, as the documentation shows it', async () => {
    const baseline = join(temporaryFolder(), 'plan.json');
    const under = (release: string) => ['--instance-type', 'm5.large', '--kube-proxy-version', release];
    writeFileSync(baseline, JSON.stringify(await planned(...under('1.28'))));
    const gate = ['--baseline', baseline, '--require', 'limit>=baseline', '--json'];
    const { code, stdout, stderr } = await ctload('plan', ...under('1.29'), ...gate);
    expect([code, stderr]).toEqual([
      99,
      'error: requirement not met: limit>=baseline: limit is 131,072, compared with 262,144\n',
    ]);
    const report = JSON.parse(stdout);
    expect(violations('plan', report)).toEqual([]);
    expect(report.requirements).toMatchObject([{ metric: 'limit', observed: 131_072, limit: 262_144, ok: false }]);
    expect((await ctload('plan', ...under('1.27'), ...gate)).code).toBe(0);
  });

  it('--output writes them beside the plan in every format', async () => {
    const folder = join(temporaryFolder(), 'plan');
    const { code, stderr } = await ctload(
      'plan',
      '--instance-type',
      'm5.large,m5.2xlarge',
      '--kube-proxy-version',
      '1.29',
      '--rate',
      '900',
      '--output',
      folder,
    );
    expect(code, stderr).toBe(0);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    expect(JSON.parse(read('plan.json')).paste['90-conntrack.conf']).toBe(read('90-conntrack.conf'));
    expect(read('plan.md')).toContain('ConntrackDropping');
    expect(read('plan.html')).toContain('ConntrackDropping');
    expect(parse(read('karpenter-nodepool.yaml')).spec.template.spec.requirements).toEqual([
      { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['m5.2xlarge'] },
    ]);
    expect(parse(parse(read('kube-proxy-configmap.yaml')).data['config.conf'])).toMatchObject({
      kind: 'KubeProxyConfiguration',
      conntrack: { maxPerCore: expect.any(Number), min: expect.any(Number), tcpEstablishedTimeout: '24h0m0s' },
    });
  });
});
