import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../../src/platform/clock.ts';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { noCluster, withCluster } from '../support/cluster.ts';
import { ctload, hostLimits, readSummary, start, temporaryFolder } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const FILE = 'test/integration/support/kubernetes/smoke.yaml';
/** The node's table is this machine's own, which must not become full: that would be an outage of everything on it. */
const MAX = 100_000;
const LOWERED = [
  'lab.kubernetes.allowWrites=true',
  `lab.kubernetes.max=${MAX}`,
  'floods.requests.rate=20',
  'thresholds={"conntrack_utilization": ["max<0.5"]}',
];
const LIMIT_POD = 'jsonpath={.items[?(@.metadata.name=="limit-0")].metadata.namespace}';

describe('a node whose limit may be written', skipFor(noCluster), () => {
  const cluster = withCluster('host');
  const before = hostLimits();

  /** Namespaces and leases of runs. */
  const left = () => cluster.kubectl('get', 'namespaces,leases', '-A', '-l', 'ctload.run', '-o', 'name').trim();
  const lowered = () => hostLimits().includes(`max ${MAX}`);
  const restored = () => until(() => hostLimits() === before, 15);
  const args = (output: string, ...values: readonly string[]) => [
    ...['run', FILE, '--output', output],
    ...[...LOWERED, ...values].flatMap((value) => ['--set', value]),
  ];
  const loaded = async () => {
    const output = join(temporaryFolder(), 'run');
    const started = start(args(output, 'floods.requests.duration=60s'));
    await started.seen(/\bload: /); // before it there is nothing to lose: exit 100
    expect(lowered()).toBe(true);
    return { ...started, output };
  };

  it('has it lowered for the run, which tries that, and as it was after it', async () => {
    const output = join(temporaryFolder(), 'run');
    const { code, stderr, stdout } = await ctload(...args(output));
    const said = stderr + stdout;
    expect(code, said).toBe(0);
    expect(stderr).toMatch(/nf_conntrack_max of node node-host: [\d,]+ → 100,000 until the run ends/);
    const { verdict, conntrack, floods } = readSummary(output);
    expect(verdict, said).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(conntrack, said).toMatchObject({ method: 'in-force', max: MAX });
    expect(conntrack.otherTables, said).not.toHaveProperty('host'); // it is the node's
    expect(floods['requests']?.succeeded, said).toBe(160);
    expect([left(), hostLimits()]).toEqual(['', before]);
  });

  it('has it restored when the pod that holds it is ended, and the run says so', async () => {
    const ended = await loaded();
    const namespace = cluster.kubectl('get', 'pods', '-A', '-o', LIMIT_POD);
    cluster.kubectl('delete', 'pod', 'limit-0', '-n', namespace, '--wait=false');
    expect(await restored()).toBe(true);
    const { code, stderr } = await ended.ended;
    expect(code, stderr).toBe(ExitCode.generatorBound);
    expect(readSummary(ended.output).verdict.reasons.join(' ')).toMatch(/capacity was changed.*limit of node node-host/);
    expect(left()).toBe('');
  });

  it('has it restored when ctload is killed, or hangs, and clean removes the rest', async () => {
    const killed = await loaded();
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await restored()).toBe(true);
    expect(left()).toMatch(/lease/);
    const clean = await ctload('clean');
    expect(clean.stderr).toMatch(/restored nf_conntrack_max of node node-host of the cluster lab/);
    expect([clean.code, left(), hostLimits()]).toEqual([0, '', before]);

    const hung = await loaded();
    hung.child.kill('SIGSTOP');
    expect(await restored()).toBe(true);
    hung.child.kill('SIGCONT');
    expect((await hung.ended).code).toBe(ExitCode.generatorBound);
    expect([left(), hostLimits()]).toEqual(['', before]);
  });
});
