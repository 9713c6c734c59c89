import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { standard } from '../../../src/model/input/tracking.ts';
import { EC2_CATALOGUE_DATE } from '../../../src/model/node/ec2-catalogue.ts';
import { parseVersion } from '../../../src/model/node/version.ts';
import type { Summary } from '../../../src/model/result/summary.ts';
import { renderHtmlDocument } from '../../../src/report/document/document-html.ts';
import { renderMarkdownDocument } from '../../../src/report/document/document-markdown.ts';
import { renderTextDocument } from '../../../src/report/document/document-text.ts';
import { planDocument } from '../../../src/report/plan/plan-document.ts';
import { manifestFiles } from '../../../src/report/plan/plan-manifests.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { type MadePlan, makePlan, type PlanRequest } from '../../../src/session/plan.ts';
import { calibrateFrom, measuredIn } from '../../../src/session/planning/calibration.ts';
import type { NodeFlags } from '../../../src/session/planning/planned-node.ts';
import { compareTrial, planTrial } from '../../../src/session/planning/verify.ts';
import { deriveReport } from '../../../src/session/results/derive.ts';
import { parseKubeProxyConfig } from '../../../src/sizing/kube-proxy/kube-proxy-file.ts';
import { readSysctlAssignment } from '../../../src/sizing/sysctl.ts';
import { planRequest } from '../../fixtures/planned.ts';
import { violations } from '../../schemas/violations.ts';

const version = (text: string) => parseVersion(text) ?? expect.fail(text);

function made(node: Partial<NodeFlags>, more: Partial<PlanRequest> = {}) {
  const plan = makePlan(planRequest(node, more));
  expect(violations('plan', { ...plan.plan, verification: null, requirements: [], writes: [], paste: {} })).toEqual([]);
  return plan;
}

/** The plan as the terminal shows it, without what is to paste, on one line. */
function textOf(plan: MadePlan['plan']): string {
  const document = planDocument({ ...plan, verification: null, requirements: [], writes: [], paste: {} }, { paste: 'short' });
  return renderTextDocument(document, { color: false, width: 100 }).replace(/\s+/g, ' ');
}

const m5 = { instanceTypes: ['m5.large'], kubeProxyVersion: version('1.36.3') };

describe('a plan', () => {
  it('gives both readings of m5.large, and that of t2.micro', () => {
    const under = (type: string, release: string | undefined) =>
      made({ instanceTypes: [type], kubeProxyVersion: release === undefined ? 'none' : version(release) }).plan.limit.max;
    expect([
      under('m5.large', undefined),
      under('m5.large', '1.28'),
      under('m5.large', '1.38'),
      under('m5.large', '1.29'),
    ]).toEqual([262_144, 262_144, 262_144, 131_072]);
    expect(under('t2.micro', '1.29')).toBe(131_072);
    expect(made(m5).plan.readings.map(({ max }) => max)).toEqual([262_144, 131_072, 262_144, 131_072, 131_072, 262_144]);
    expect(made({ instanceTypes: ['m5.large'] }).plan.limit.max).toBe(262_144); // the newest release only raises it
  });

  it('names Nitro’s table as another one, only where there is Nitro', () => {
    expect(made(m5).plan.assumptions.join('\n')).toContain('conntrack_allowance_available');
    expect(made({ instanceTypes: ['t2.micro'] }).plan.assumptions.join('\n')).not.toContain('Nitro');
  });

  it('says how old its list of types is', () => {
    expect(made(m5).plan.assumptions).toContain(`cores and memory of m5.large as AWS had it on ${EC2_CATALOGUE_DATE}`);
    expect(made({ cores: 2, memoryBytes: 2 ** 33 }).plan.assumptions.join('\n')).not.toContain('AWS');
  });

  it('of several types says which are too small, and requires the others', () => {
    const { plan } = made({ ...m5, instanceTypes: ['m5.large', 'm5.2xlarge', 't3.medium'] }, { traffic: { rate: 900 } });
    expect(plan.limits.map(({ instanceType, max, holds, keepsHeadroom }) => [instanceType, max, holds, keepsHeadroom])).toEqual([
      ['m5.large', 131_072, false, false],
      ['m5.2xlarge', 262_144, true, true],
      ['t3.medium', 131_072, true, false],
    ]);
    expect(plan.recommend).toMatchObject({
      instanceTypes: ['m5.2xlarge'],
      tooSmall: ['m5.large', 't3.medium'],
      nodePool: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['m5.2xlarge'] }],
    });
  });

  it('of one node finds the bound that keeps small types out', () => {
    const { recommend } = made(m5, { traffic: { rate: 900 } }).plan;
    expect(recommend.nodePool).toEqual([{ key: 'karpenter.k8s.aws/instance-cpu', operator: 'Gt', values: ['4'] }]);
    expect(made({ ...m5, kubeProxyVersion: 'none' }, { traffic: { rate: 900 } }).plan.recommend.nodePool).toEqual([
      { key: 'karpenter.k8s.aws/instance-memory', operator: 'Gt', values: ['4096'] },
    ]);
    expect(made(m5, { traffic: { rate: 9 } }).plan.recommend.nodePool).toEqual([]);
  });

  it('takes its load from a scenario, its table too where no node is named', () => {
    const loaded = parseScenario(
      'version: 1\nname: s\ngateway: {conntrack: {max: 5000, prefill: 100, timeouts: {tcp_time_wait: 10s}}}\nfloods:\n' +
        '  a: {kind: short, executor: ramping-arrival-rate, startRate: 1, stages: [{duration: 5s, target: 40}, {duration: 5s, target: 20}]}\n' +
        '  b: {kind: long, executor: ramping-connections, stages: [{duration: 5s, target: 70}, {duration: 5s, target: 0}]}\n',
      's.yaml',
    );
    expect(made({}, { loaded }).plan).toMatchObject({
      limit: { max: 5000 },
      load: { byState: { ESTABLISHED: 170, TIME_WAIT: 400 } },
    });
    expect(made(m5, { loaded }).plan).toMatchObject({
      limit: { max: 131_072 },
      timeouts: { tcp_time_wait: 10, tcp_established: 86_400 },
    });
    expect(made(m5, { loaded, timeouts: { tcp_time_wait: 5 } }).plan.load.byState.TIME_WAIT).toBe(200);
  });

  it('counts requests of one connection once, and an L7 proxy twice', () => {
    const entries = (more: Partial<PlanRequest>) => made(m5, more).plan.load.entries;
    expect(entries({ traffic: { rate: 100, keepaliveRequests: 10 } })).toBe(1_200);
    expect(entries({ traffic: { rate: 100 }, dataplane: 'proxy' })).toBe(24_000);
    expect(entries({ traffic: { rate: 100 }, dataplane: 'notrack' })).toBe(0);
  });

  it('counts what carries the load through a tunnel, with the timeout of datagrams', () => {
    const { plan } = made(m5, { traffic: { rate: 100, websockets: 50 }, dataplane: 'tunnel' });
    expect(plan.load).toMatchObject({ entries: 6_100, byState: { UDP: 6_100 } });
    expect(plan.assumptions).toContain('tunnel {kind: vxlan, ends: beyond}: 2 conntrack entries per connection');
    expect(() => made(m5, { traffic: { rate: 100 }, dataplane: 'tunnel', timeouts: { tcp_time_wait: 5 } })).toThrow(
      /no entry of this load has that timeout/,
    );
    const ends = 'gateway: {dataplane: tunnel, tunnel: {ends: gateway}, conntrack: {max: 100000}}';
    const flood = '{kind: short, executor: constant-arrival-rate, rate: 100, duration: 5s}';
    const loaded = parseScenario(`version: 1\nname: x\n${ends}\nfloods: {requests: ${flood}}\n`, 'x.yaml');
    expect(made({}, { loaded }).plan).toMatchObject({
      entriesPerConnection: 3,
      load: { byState: { TIME_WAIT: 12_000, UDP: 6_000 } },
    });
  });

  it('knows how soon connections that one end never closes fill a table', () => {
    const load = { traffic: { closeWaitRate: 1300 }, timeouts: { tcp_close_wait: 3600 } };
    const { plan } = made({ sysctl: readSysctlAssignment('net.netfilter.nf_conntrack_max=655360') }, load);
    expect(plan.load.byState).toEqual({ CLOSE_WAIT: 1300 * 3600 });
    expect(Math.round(plan.load.timeToFullSeconds ?? 0)).toBe(504);
    expect(made(m5, load).plan.timeouts['tcp_close_wait']).toBe(3600);
  });

  it('speaks of no entries where nothing is tracked', () => {
    const { plan } = made(m5, { traffic: { rate: 100, websockets: 50, dnsQps: 4 }, dataplane: 'notrack' });
    expect(plan.load).toMatchObject({ safeRate: null, holds: true, breaksFirst: 'nothing: the load has no entries' });
    expect(Object.is(plan.load.peakEntries, 0)).toBe(true);
    expect(plan.sensitivity).toEqual([]);
    const text = textOf(plan);
    expect(text).toContain('The load has no entries in it, as nothing is tracked: no rate fills it.');
    expect(text).not.toMatch(/ -0 |TIME_WAIT|smallest|alert at/);
    expect(textOf(made(m5, { dataplane: 'notrack' }).plan)).toContain('Connections have no entries in it');
  });

  it('takes up the mode of kube-proxy’s configuration, unless --dataplane says otherwise', () => {
    const kubeProxyFile = parseKubeProxyConfig('kind: KubeProxyConfiguration\nmode: ipvs\n', 'f');
    const { forwarding, plan } = made({ ...m5, kubeProxyFile }, { traffic: { rate: 5 } });
    expect(forwarding).toMatchObject({ dataplane: 'ipvs', ipvs: { conntrack: true } });
    expect(plan.assumptions).toContain('ipvs: 1 conntrack entry per connection');
    expect(made({ ...m5, kubeProxyFile }, { dataplane: 'notrack' }).forwarding).toEqual({ dataplane: 'notrack' });
  });

  const proxied = parseKubeProxyConfig('conntrack: {min: 5}', 'f');
  const loaded = parseScenario(
    'version: 1\nname: s\ngateway: {conntrack: {max: 5000}}\nfloods:\n  a: {kind: short, executor: constant-arrival-rate, rate: 1, duration: 5s}\n',
    's.yaml',
  );
  it.each<[Partial<NodeFlags>, Partial<PlanRequest>, RegExp]>([
    [m5, { timeouts: { udp_stream: 60 } }, /--timeout udp_stream: no entry of this load has that timeout/],
    [m5, { timeouts: { tcp_established: 60 }, traffic: { rate: 5, dnsQps: 5 } }, /--timeout tcp_established/],
    [m5, { traffic: { lifetimeSeconds: 5 } }, /--lifetime is for connections of --rate/],
    [m5, { traffic: { websockets: 5, keepaliveRequests: 2 } }, /--keepalive-requests is for --rate/],
    [{ kubeProxyFile: proxied }, { loaded }, /--kube-proxy-config needs a node/],
    [{ kubeProxyVersion: 'none' }, { loaded }, /--kube-proxy-version needs a node/],
    [{ hashsize: 4096 }, { loaded }, /--hashsize needs a node/],
  ])('refuses what it has no use for: %j %j', (node, more, message) => {
    expect(() => made(node, more)).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }));
  });

  it('uses every timeout that an entry of the load has', () => {
    const load = { traffic: { rate: 5, leakRate: 5, dnsQps: 5 } };
    expect(made(m5, { ...load, timeouts: { tcp_time_wait: 60, tcp_established: 600, udp: 9 } }).plan.load.byState).toEqual({
      TIME_WAIT: 300,
      ESTABLISHED: 3_000,
      UDP: 45,
    });
    expect(made(m5, { timeouts: { tcp_time_wait: 60 } }).plan.load.safeRate).toBeGreaterThan(0); // of short connections
  });

  it('puts --sysctl over the table and the timeouts of a scenario', () => {
    const sysctl = readSysctlAssignment('net.netfilter.nf_conntrack_max=9000');
    expect(made({ sysctl }, { loaded }).plan.limit).toMatchObject({ max: 9_000, buckets: 5_000 });
    const timeWait = readSysctlAssignment('nf_conntrack_tcp_timeout_time_wait=7');
    expect(made({ ...m5, sysctl: timeWait }, { loaded }).plan.timeouts['tcp_time_wait']).toBe(7);
  });

  it.each([
    [{}, /no node specified/],
    [{ cores: 2 }, /--memory is missing/],
    [{ memoryBytes: 2 ** 33 }, /--cores is missing/],
    [{ ...m5, cores: 2, memoryBytes: 2 ** 33 }, /exclude each other/],
    [{ instanceTypes: ['m5.lrge'] }, /did you mean m5\.large\?/],
  ])('refuses %j', (node, message) => {
    expect(() => made(node)).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }));
  });
});

describe('calibration by a run', () => {
  const from = 'test/fixtures/runs/held';

  it('uses what the run measured, and its scenario', () => {
    const { calibration } = calibrateFrom(from);
    expect(calibration.residue).toBeGreaterThan(0.9);
    expect(calibration.residue).toBeLessThan(1.1);
    const { plan } = made({}, { from });
    expect(plan.entriesPerConnection).toBe(calibration.residue);
    expect(plan.traffic.length).toBeGreaterThan(0);
    expect(plan.calibration?.notes).toHaveLength(2);
    expect(plan.load.gcLagSeconds === calibration.gcLagSeconds).toBe(calibration.gcLagSeconds !== null);
  });

  it('takes no fewer entries per connection from a run in which others may have taken some away', () => {
    const { summary } = deriveReport(from);
    const { loaded } = calibrateFrom(from);
    const measured = (entries: number, conntrack: Partial<Summary['conntrack']>, validity = summary.verdict.validity) => {
      const prediction = [{ quantity: 'entriesPerConnection', predicted: 1, measured: entries } as Summary['prediction'][number]];
      const changed = { ...summary, prediction, conntrack: { ...summary.conntrack, ...conntrack } };
      return measuredIn({ ...changed, verdict: { ...summary.verdict, validity } }, loaded.scenario).residue;
    };
    expect(measured(0.97, {})).toBe(0.97);
    expect(measured(0.97, { method: 'ballast', ballast: 9 })).toBeNull();
    expect(measured(0.97, { earlyDrop: 3 })).toBeNull();
    expect(measured(1.02, { method: 'ballast', ballast: 9 })).toBe(1.02);
    expect(measured(1.02, {}, 'inconclusive')).toBeNull();
  });

  it('refuses a folder that holds no run', () => {
    expect(() => made(m5, { from: 'test/fixtures' })).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe('what to paste', () => {
  const paste = (node: Partial<NodeFlags>, rate: number, given: Parameters<typeof manifestFiles>[1] = null) =>
    manifestFiles(made(node, { traffic: { rate } }).plan, given);

  it('is a KubeProxyConfiguration with fields of the right types, that ctload reads back', () => {
    const file = paste(m5, 900)['kube-proxy-configmap.yaml'] ?? '';
    const configuration = parse(parse(file).data['config.conf']);
    expect(configuration).toEqual({
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      conntrack: { maxPerCore: 32_768, min: 202_752, tcpEstablishedTimeout: '24h0m0s', tcpCloseWaitTimeout: '1h0m0s' },
    });
    const kubeProxyFile = parseKubeProxyConfig(file, 'f');
    const { limit, load } = made({ ...m5, kubeProxyFile }, { traffic: { rate: 900 } }).plan;
    expect(limit.max).toBe(202_752);
    expect(load.keepsHeadroom).toBe(true);
  });

  it('keeps everything else of a ConfigMap that was given', () => {
    const given = parseKubeProxyConfig(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy-config, namespace: kube-system, uid: x}\ndata:\n  other: text\n  config: |\n    kind: KubeProxyConfiguration\n    mode: ipvs\n    conntrack: {min: 5, udpTimeout: 9s}\n',
      'f',
    );
    const map = parse(paste({ ...m5, kubeProxyFile: given }, 900, given)['kube-proxy-configmap.yaml'] ?? '');
    expect(map).toMatchObject({ metadata: { name: 'kube-proxy-config', namespace: 'kube-system' }, data: { other: 'text' } });
    expect(map.metadata).not.toHaveProperty('uid');
    expect(parse(map.data.config)).toEqual({
      kind: 'KubeProxyConfiguration',
      mode: 'ipvs',
      conntrack: { maxPerCore: 32_768, min: 202_752, udpTimeout: '9s' },
    });
  });

  it('leaves off what was turned off, and says where the limit is set then', () => {
    const off = parseKubeProxyConfig('kind: KubeProxyConfiguration\nconntrack: {maxPerCore: 0}\nmode: iptables\n', 'f');
    const file = paste({ ...m5, kubeProxyFile: off }, 10_000, off)['kube-proxy-configmap.yaml'] ?? '';
    expect(parse(parse(file).data['config.conf']).conntrack).toEqual({ maxPerCore: 0 });
    expect(file).toContain(
      'maxPerCore: 0 stays, so kube-proxy leaves nf_conntrack_max to the node: set it with 90-conntrack.conf',
    );
  });

  it('says as flags what was given as flags, and where EKS keeps it', () => {
    const flags = parseKubeProxyConfig('kube-proxy-arg: [conntrack-min=5]', 'f');
    const file = paste({ ...m5, kubeProxyFile: flags }, 900, flags)['kube-proxy-configmap.yaml'];
    expect(file).toContain('#   --conntrack-max-per-core=32768 --conntrack-min=202752');
    expect(file).toContain('aws eks update-addon --addon-name kube-proxy');
    expect(paste({ cores: 2, memoryBytes: 2 ** 33 }, 9)['kube-proxy-configmap.yaml']).not.toContain('aws eks');
  });

  it('has no max, which excludes maxPerCore', () => {
    const given = parseKubeProxyConfig('kind: KubeProxyConfiguration\nconntrack: {max: 100000}\n', 'f');
    const file =
      paste({ ...m5, kubeProxyVersion: version('1.12'), kubeProxyFile: given }, 900, given)['kube-proxy-configmap.yaml'] ?? '';
    expect(parse(parse(file).data['config.conf']).conntrack).toEqual({ maxPerCore: 32_768, min: 202_752 });
  });

  it('sets max and buckets together, and warns where kube-proxy would undo it', () => {
    const file = paste(m5, 900)['90-conntrack.conf'] ?? '';
    expect(file).toMatch(/nf_conntrack_buckets = 262144\nnet\.netfilter\.nf_conntrack_max = 202752\n$/);
    expect(file).toContain('kube-proxy 1.36.3 overwrites nf_conntrack_max');
    expect(paste({ ...m5, kubeProxyVersion: 'none' }, 5)['90-conntrack.conf']).toMatch(/nf_conntrack_max = 262144\n$/); // never lowered
  });
});

describe('the document', () => {
  const { plan } = made({ ...m5, instanceTypes: ['m5.large', 'm5.2xlarge'] }, { traffic: { rate: 900, websockets: 5_000 } });
  const report = { ...plan, verification: null, requirements: [], writes: [], paste: manifestFiles(plan, null) };
  const document = planDocument(report, { paste: 'all' });

  it('has the assumptions first, then the answer, then the working', () => {
    expect(document.sections.map(({ heading }) => heading)).toEqual([
      'Assumptions',
      'Answer',
      'Remedies',
      'Instance types',
      'Working: the limit',
      'Working: the load',
      'Sensitivity',
      'What to paste',
    ]);
  });

  it('says the same in text, Markdown and HTML', () => {
    const text = renderTextDocument(document, { color: false, width: 100 });
    expect(Math.max(...text.split('\n').map((line) => (line.startsWith('    ') ? 0 : line.length)))).toBeLessThanOrEqual(100);
    const markdown = renderMarkdownDocument(document);
    const html = renderHtmlDocument(document);
    for (const one of [text, markdown, html]) {
      expect(one).toContain('The load does not fit');
      expect(one).toContain('131,072');
      expect(one).toContain('ConntrackDropping');
      expect(one).toContain('m5.2xlarge');
    }
    expect(markdown).toContain('| type | vCPU | memory |');
    expect(html).toContain('<td>m5.large</td><td>2</td>');
    expect(html).not.toMatch(/<script|src=|href=/);
  });
});

describe('the answer', () => {
  const textOf = (rate: number) => {
    const { plan } = made(m5, { traffic: { rate } });
    const report = { ...plan, verification: null, requirements: [], writes: [], paste: manifestFiles(plan, null) };
    return renderMarkdownDocument(planDocument(report, { paste: 'short' }));
  };

  it('ranks what would hold the load, each with its price, and names what would not', () => {
    const text = textOf(3000);
    const order = [
      'nf_conntrack_max',
      'tcp_time_wait 1',
      'times as many requests per connection',
      'EC2 ',
      ' nodes',
      'dataplane notrack',
    ];
    const places = order.map((remedy) =>
      text.search(new RegExp(`^\\| \\d \\| ${remedy.startsWith(' ') ? '\\d+' : '[\\d,]*\\s?'}${remedy}`, 'm')),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text).toMatch(/Would not hold it: .*dataplane ipvs \(1 entry per connection.*dataplane proxy \(2 entries/);
  });

  it('warns of a tcp_time_wait shorter than TIME_WAIT at the backend, only then', () => {
    expect(textOf(800)).toMatch(/tcp_time_wait 1m\d*s? \|.*late packets/);
    expect(textOf(3000)).toMatch(/tcp_time_wait 1\ds \|.*source ports are reused while the backend/);
  });

  it('has neither remedies nor anything to paste where the load fits', () => {
    const text = textOf(100);
    expect(text).toContain('Nothing has to be set');
    expect(text).not.toMatch(/Remedies|ConfigMap/);
  });
});

describe('the verifying run', () => {
  it('of a load that does not fit is the same load in small, until the table is full', () => {
    const { setting } = made(m5, { traffic: { rate: 700, lifetimeSeconds: 0.2, websockets: 65_536, leakRate: 4, dnsQps: 100 } });
    const trial = planTrial(setting, standard('iptables'), { driver: 'netns' });
    if (trial.question !== 'fills') expect.fail(trial.question);
    expect(trial.fullSeconds).toBeCloseTo(5, 1);
    expect(trial.loaded.scenario).toMatchObject({
      lab: { driver: 'netns' },
      gateway: { conntrack: { max: 2_048, buckets: 4_096, timeouts: { tcp_established: 86_400 } } },
      backend: { delaySeconds: 0.2 },
    });
    expect(trial.loaded.scenario.floods.map(({ name, kind, shape }) => [name, kind, shape.executor])).toEqual([
      ['requests', 'short', 'constant-arrival-rate'],
      ['websockets', 'long', 'constant-connections'],
      ['leaks', 'stale', 'constant-arrival-rate'],
      ['dns', 'udp', 'constant-arrival-rate'],
    ]);
  });

  it.each<[string, PlanRequest['traffic']]>([
    ['short connections', { rate: 800 }],
    ['little', { rate: 50 }],
    ['a mix', { rate: 300, lifetimeSeconds: 3, websockets: 20_000, dnsQps: 200, leakRate: 0.1 }],
    ['held connections alone', { websockets: 120_000 }],
  ])('of a load that fits takes the same share of the small table: %s', (_, traffic) => {
    const { setting, plan } = made(m5, { traffic, headroom: 0 });
    expect(plan.load.holds).toBe(true);
    const trial = planTrial(setting, standard('iptables'), {});
    if (trial.question !== 'steady') expect.fail(trial.question);
    const { table, seconds, peakEntries, liveEntries } = trial.scaled;
    expect(peakEntries / table.max).toBeCloseTo(plan.load.peakUtilization, 2);
    expect(liveEntries).toBeLessThanOrEqual(peakEntries);
    expect(table.max / table.buckets).toBe(0.5);
    expect(seconds).toBeLessThanOrEqual(90);
    expect(Math.max(...Object.values(trial.loaded.scenario.gateway.conntrack.timeouts))).toBeLessThanOrEqual(86_400);
    if (traffic.rate !== undefined) expect(trial.loaded.scenario.gateway.conntrack.timeouts['tcp_time_wait']).toBe(4);
  });

  it('of a load that fills the table only with expired entries runs until they are reclaimed', () => {
    const { setting, plan } = made(m5, { traffic: { rate: 900 }, headroom: 0 });
    expect([plan.load.holds, plan.load.entries < plan.limit.max]).toEqual([false, true]);
    expect(planTrial(setting, standard('iptables'), {}).question).toBe('steady');
  });

  it('holds what it measured against the question of the plan', () => {
    const { setting } = made(m5, { traffic: { rate: 800 }, headroom: 0 });
    const trial = planTrial(setting, standard('iptables'), {});
    const { summary } = deriveReport('test/fixtures/runs/held');
    const verified = (conntrack: Partial<Summary['conntrack']>) =>
      compareTrial(trial, { ...summary, conntrack: { ...summary.conntrack, ...conntrack } }, 'd');
    if (trial.question !== 'steady') expect.fail(trial.question);
    const { peakEntries, liveEntries } = trial.scaled;
    expect(verified({ peakEntries, drop: 0 })).toMatchObject({ ok: true, rows: [{ ok: true }, { ok: true }] });
    expect(verified({ peakEntries: liveEntries, drop: 0 })).toMatchObject({ ok: true });
    expect(verified({ peakEntries: liveEntries * 0.8, drop: 0 })).toMatchObject({ ok: false });
    expect(verified({ peakEntries, drop: 5 })).toMatchObject({ ok: false });
    expect(verified({ peakEntries: peakEntries * 1.2, drop: 0 })).toMatchObject({ ok: false });
  });

  it('is refused where the lab cannot build it, or there is nothing to run', () => {
    const { setting } = made(m5, { traffic: { rate: 5 } });
    expect(() => planTrial(setting, standard('tunnel'), {})).toThrow(/does not support dataplane tunnel/);
    expect(() => planTrial(setting, standard('notrack'), {})).toThrow(/makes no conntrack entries/);
    expect(() => planTrial(made(m5, { traffic: { dnsQps: 5 } }).setting, standard('proxy'), {})).toThrow(/needs a load/);
  });
});
