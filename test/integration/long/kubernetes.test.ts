import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { addEntries } from '../../../src/lab/capacity/ballast.ts';
import { traitsOf } from '../../../src/lab/capacity/synthetic-entries.ts';
import { namespaceHost } from '../../../src/lab/host/namespaces.ts';
import { connectCluster } from '../../../src/lab/kubernetes/cluster.ts';
import { requirePlanRights, requireRights, roleYaml } from '../../../src/lab/kubernetes/rights.ts';
import type { ClusterPlan } from '../../../src/model/result/plan/cluster-plan.ts';
import { delay, until } from '../../../src/platform/clock.ts';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { standLab } from '../standing-lab.ts';
import { IMAGE, noCluster, withCluster } from '../support/cluster.ts';
import { ctload, hostLimits, readSummary, start, temporaryFolder } from '../support/ctload.ts';
import { breaksNode, POD_LOAD } from '../support/nodes-break.ts';
import { skipFor } from '../support/skip.ts';

const MAX = 1000;
const NODES = ['node-a', 'node-b'];
/** Of the scenario in POD_LOAD. */
const RATE = 200;
const SECONDS = 8;
const THREE = ['lab.kubernetes.clients.replicas=3', 'lab.kubernetes.clients.spread=nodes'];
const NODE_PORT = 'lab.kubernetes.target={"nodePort": "backend"}';

/** Puts pods on a node. */
function on(pods: 'clients' | 'backend', node: string): string {
  return `lab.kubernetes.${pods}.nodeSelector={"kubernetes.io/hostname": "${node}"}`;
}

async function whileStopped(pid: number, seconds: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  try {
    await delay(seconds);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

describe('driver kubernetes', skipFor(noCluster), () => {
  const cluster = withCluster(2);

  const left = () => cluster.kubectl('get', 'namespaces', '-l', 'ctload.run', '-o', 'name').trim();
  // What one test leaves in the tables would be too much for a limit that the next one lowers.
  afterEach(() => {
    for (const node of NODES) execFileSync('ip', ['netns', 'exec', node, 'conntrack', '-F'], { stdio: 'ignore' });
  });

  /** The limit that all nodes share, lowered until the test ends. */
  const lower = async () => {
    const lab = await standLab({ max: MAX, buckets: MAX });
    onTestFinished(() => lab[Symbol.asyncDispose]());
    return lab;
  };
  const run = (output: string, ...values: readonly string[]) => [
    ...['run', POD_LOAD, '--output', output],
    ...values.flatMap((value) => ['--set', value]),
  ];

  it('breaks a node at the limit in force, and accounts for every drop', async () => {
    const before = hostLimits();
    const lab = await lower();
    const { summary, said } = await breaksNode(MAX);
    expect(summary.conntrack, said).toMatchObject({ method: 'in-force', max: MAX });
    expect(summary.accounting.kernelDrops, said).toBeGreaterThan(100);
    expect(left()).toBe('');
    await lab[Symbol.asyncDispose]();
    expect(hostLimits()).toBe(before);
  });

  it('leaves connections behind from pods with rules of their own, in a namespace that exists', async () => {
    await lower();
    const allowed = ['floods.requests.kind=stale', 'lab.kubernetes.allowNetAdmin=true'];
    const there = ['lab.kubernetes.namespace=default', 'lab.kubernetes.target=hostPort'];
    const { summary, said } = await breaksNode(MAX, [...allowed, ...there]);
    const [node] = summary.nodes ?? [];
    expect(node, said).toMatchObject({
      max: MAX,
      kubeProxy: { mode: 'iptables', conntrack: { maxPerCore: 0 }, from: 'configz' },
    });
    expect(node?.differences.join(), said).toMatch(/should be at [\d,]+ and is at 1,000/);
    expect([left(), cluster.kubectl('get', 'pods,services', '-l', 'ctload.run', '-o', 'name')]).toEqual(['', '']);
  });

  it('names the node that drops first on a path through two, and accounts for all drops', async () => {
    await lower();
    const more = { traits: traitsOf('ballast'), first: 0, count: 300 };
    await addEntries(namespaceHost('node-a', 'gateway'), more, AbortSignal.timeout(60_000)); // beside the node's own, which come and go
    const { summary, said } = await breaksNode(MAX, [on('clients', 'node-a'), on('backend', 'node-b'), NODE_PORT]);
    expect(said).toContain('connections cross the tables of node-a (client), node-b (node port, backend)');
    expect(summary.verdict.reasons[0]).toContain('The table of node-a held');
    const [first, second] = summary.conntrack.gateways ?? [];
    expect(first, said).toMatchObject({ name: 'node-a', isFirst: true, tracksLoad: true, effectiveMax: MAX });
    expect(second, said).toMatchObject({ name: 'node-b', isFirst: false, tracksLoad: true });
    expect(summary.accounting.kernelDrops).toBe((first?.drop ?? 0) + (second?.drop ?? 0));
    expect(left()).toBe('');
  });

  it('shares one schedule out among clients on several nodes, and judges them as one', async () => {
    await lower();
    const { summary, said } = await breaksNode(MAX, [...THREE, on('backend', 'node-b')]);
    expect(said).toMatch(
      /the tables of node-a \((client|2 clients)\), node-b \((client|2 clients), backend\)|of node-b .*, node-a /,
    );
    const { attempted, notStarted } = summary.floods['requests'] ?? {};
    expect([attempted, notStarted]).toEqual([RATE * SECONDS, 0]);
    expect(summary.generator.agents).toBe(6);
    // Every connection is in the table of the backend's node, and only some are in the other's.
    const first = summary.conntrack.gateways?.filter(({ isFirst }) => isFirst).map(({ name }) => name);
    expect(first, said).toEqual(['node-b']);
    expect(left()).toBe('');
  });

  it('names a client that is lost, and what it carried, in two runs at once', async () => {
    const lose = async (onLost: string, node: string) => {
      const output = join(temporaryFolder(), 'run');
      const two = ['lab.kubernetes.clients.replicas=2', `lab.kubernetes.onLost=${onLost}`, on('clients', node)];
      const lost = start(run(output, ...two));
      await lost.seen(/\bload: /);
      await delay(2);
      const of = ['-l', 'app.kubernetes.io/component=client', `--field-selector=spec.nodeName=${node}`];
      const namespace = cluster.kubectl('get', 'pods', '-A', ...of, '-o', 'jsonpath={.items[0].metadata.namespace}');
      cluster.kubectl('delete', 'pod', 'client-2', '-n', namespace, '--wait=false');
      const { code, stderr } = await lost.ended;
      const { verdict, floods } = readSummary(output);
      expect([code, verdict.validity], stderr).toEqual([ExitCode.generatorBound, 'inconclusive']);
      return { reasons: verdict.reasons.join(' '), attempted: floods['requests']?.attempted ?? 0 };
    };
    const [ended, went] = await Promise.all([lose('abort', 'node-a'), lose('continue', 'node-b')]);
    expect(ended.reasons).toMatch(/client-2 .*it had started \d+ of \d+ attempts/);
    expect(ended.attempted).toBeLessThan(RATE * SECONDS * 0.6);
    expect(went.reasons).toMatch(
      /A client was lost, and the others went on: client-2, \d.*it had started \d+ of the \d+ attempts so far/,
    );
    expect(went.attempted).toBeGreaterThanOrEqual((RATE * SECONDS) / 2);
    expect(went.attempted).toBeLessThan(RATE * SECONDS);
    expect(left()).toBe('');
  });

  it('goes on while the API server is stopped for 3 s, and loses nothing', async () => {
    const output = join(temporaryFolder(), 'run');
    const started = start(run(output));
    await started.seen(/\bload: /);
    await whileStopped(Number(readFileSync(join(dirname(cluster.kubeconfig), 'run/apiserver.pid'), 'utf8')), 3);
    const { code, stderr } = await started.ended;
    expect(code, stderr).toBe(0);
    const { verdict, floods } = readSummary(output);
    expect(verdict, stderr).toMatchObject({ kind: 'held', validity: 'valid' });
    const { attempted, succeeded, notStarted } = floods['requests'] ?? {};
    expect([attempted, succeeded, notStarted], stderr).toEqual([RATE * SECONDS, RATE * SECONDS, 0]);
    expect(left()).toBe('');
  });

  it('says before any load what stands in its way', async () => {
    const refused = async (message: RegExp, ...values: readonly string[]) => {
      const { code, stderr } = await ctload(...run(join(temporaryFolder(), 'run'), ...values));
      expect(stderr).toMatch(message);
      expect(code).toBe(ExitCode.hostUnfit);
    };
    await Promise.all([
      refused(/does not run: (ErrImagePull|ImagePullBackOff)/, 'lab.kubernetes.image=ctload.test/none:1'),
      refused(/the scheduler says: .*didn't match Pod's node affinity/, 'lab.kubernetes.clients.nodeSelector={"role": "none"}'),
      refused(
        /nf_conntrack_max of node node-a cannot be lowered: EACCES/,
        ...[on('clients', 'node-a'), 'lab.kubernetes.allowSharedNodes=true'],
        ...['lab.kubernetes.allowWrites=true', 'lab.kubernetes.max=2000'],
      ),
      refused(/the kubeconfig has no context other.*it has lab/s, 'lab.kubernetes.context=other'),
    ]);
    expect(left()).toBe('');
  });

  it('names every right that is missing, and an API server that does not answer', async () => {
    const other = (text: string) => {
      const file = join(temporaryFolder(), 'kubeconfig');
      writeFileSync(file, text);
      vi.stubEnv('KUBECONFIG', file);
    };
    onTestFinished(() => void vi.stubEnv('KUBECONFIG', cluster.kubeconfig));
    other(readFileSync(cluster.nobody, 'utf8'));
    const { code, stdout } = await ctload('doctor', '--driver', 'kubernetes');
    expect(stdout).toMatch(/lacks rights in the cluster: create namespaces, .*create pods\/exec, .*create services/);
    expect(code).toBe(ExitCode.hostUnfit);
    other(readFileSync(cluster.nobody, 'utf8').replace(':6443', ':6444'));
    const away = await ctload(...run(join(temporaryFolder(), 'run')));
    expect(away.stderr).toMatch(/the API server https:.*:6444 cannot be used: ECONNREFUSED/);
    expect(away.code).toBe(ExitCode.hostUnfit);
  });

  it('names each right that is missing, and runs with those that rbac prints', async () => {
    const every = { writes: true, namespace: true, secrets: true };
    interface Rule {
      readonly resources: readonly [string];
      readonly resourceNames?: readonly string[];
      readonly verbs: readonly string[];
    }
    const { rules, ...role } = parse(roleYaml(every)) as { rules: Rule[] };
    const named = ({ resources: [resource] }: Rule, verb: string) => `${verb} ${resource}`;
    const rights = new Set(rules.flatMap((rule) => (rule.resourceNames ? [] : rule.verbs.map((verb) => named(rule, verb)))));
    const without = (left: string) =>
      rules
        .map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => named(rule, verb) !== left) }))
        .filter(({ verbs }) => verbs.length > 0);
    const users = ['', ...rights].map((right, index) => ({ name: `without-${index}`, right }));
    const objects = users.flatMap(({ name, right }) => {
      const metadata = { name };
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
      const subjects = [{ kind: 'User', name, apiGroup: roleRef.apiGroup }];
      const binding = { apiVersion: `${roleRef.apiGroup}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef, subjects };
      return [{ ...role, metadata, rules: right === '' ? parse(roleYaml()).rules : without(right) }, binding];
    });
    const file = join(temporaryFolder(), 'roles.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    cluster.kubectl('apply', '-f', file);
    const as = (name: string) => {
      const kubeconfig = join(temporaryFolder(), 'kubeconfig');
      const { users: [{ user = {} } = {}] = [], ...config } = parse(readFileSync(cluster.kubeconfig, 'utf8'));
      writeFileSync(kubeconfig, JSON.stringify({ ...config, users: [{ name: 'me', user: { ...user, as: name } }] }));
      vi.stubEnv('KUBECONFIG', kubeconfig);
    };
    onTestFinished(() => void vi.stubEnv('KUBECONFIG', cluster.kubeconfig));
    for (const { name, right } of users.slice(1)) {
      as(name);
      const lacking = async () => {
        const client = await connectCluster();
        const asked = await Promise.allSettled([requireRights(client, every), requirePlanRights(client)]);
        return asked.map((one) => (one.status === 'rejected' ? one.reason.message : '')).find((message) => message !== '');
      };
      // The API server learns of new roles within moments.
      const said = async () => (await lacking()) === `the user of context lab lacks rights in the cluster: ${right}`;
      expect([right, await until(said, 10)]).toEqual([right, true]);
    }
    as('without-0');
    const output = join(temporaryFolder(), 'run');
    const { code, stderr } = await ctload(...run(output, 'floods.requests.duration=1s'));
    expect([code, readSummary(output).verdict.kind], stderr).toEqual([0, 'held']);
    const doctor = await ctload('doctor', '--driver', 'kubernetes');
    expect(doctor.code, doctor.stdout).toBe(0);
    const plan = () => ctload('plan', '--kube-context', 'lab', '--image', IMAGE, '--json');
    const planned = await plan();
    expect(planned.code, planned.stderr).toBe(0);
    const { nodes } = JSON.parse(planned.stdout) as Pick<ClusterPlan, 'nodes'>;
    expect(nodes.map(({ name, unread }) => [name, unread]).sort()).toEqual(NODES.map((name) => [name, null]));
    as(`without-${[...rights].indexOf('list nodes') + 1}`);
    const refused = await plan();
    expect([refused.code, refused.stderr]).toEqual([
      ExitCode.hostUnfit,
      expect.stringMatching(/lacks rights in the cluster: list nodes\n/),
    ]);
    expect(left()).toBe('');
  });

  it('does not load a node that runs pods of others, unless that is allowed', async () => {
    const pods = { app: 'somebody-else' };
    const image = 'ctload.test/pause:1';
    cluster.kubectl('create', 'deployment', pods.app, `--image=${image}`, '--replicas=2');
    onTestFinished(() => {
      cluster.kubectl('delete', 'deployment', pods.app);
      cluster.kubectl('delete', 'pods', '-l', `app=${pods.app}`, '--force', '--wait');
    });
    cluster.kubectl('wait', '--for=condition=Available', `deployment/${pods.app}`, '--timeout=60s');
    const node = cluster.kubectl('get', 'pods', '-l', `app=${pods.app}`, '-o', 'jsonpath={.items[0].spec.nodeName}');
    const there = `lab.kubernetes.clients.nodeSelector={"kubernetes.io/hostname": "${node}"}`;
    const { code, stderr } = await ctload(...run(join(temporaryFolder(), 'run'), there));
    expect(stderr).toMatch(new RegExp(`the node ${node} runs pods of others, .*: default/${pods.app}-`));
    expect(code).toBe(ExitCode.hostUnfit);
    // Where it is allowed, the load ends before the table is full.
    await lower();
    const output = join(temporaryFolder(), 'run');
    const allowed = await ctload(...run(output, there, 'lab.kubernetes.allowSharedNodes=true', 'lab.kubernetes.abortAt=50 %'));
    expect(allowed.code, allowed.stderr).toBe(ExitCode.thresholds);
    const { drop, peakEntries } = readSummary(output).conntrack;
    expect([drop, peakEntries > MAX / 2, peakEntries < MAX], allowed.stderr).toEqual([0, true, true]);
    expect(left()).toBe('');
  });

  it('leaves nothing after Ctrl-C, and after a kill nothing that clean does not remove', async () => {
    const stopped = start(run(join(temporaryFolder(), 'run'), 'floods.requests.duration=60s'));
    await stopped.seen(/starting the load/);
    expect(left()).not.toBe('');
    stopped.child.kill('SIGINT');
    expect((await stopped.ended).code).toBe(ExitCode.aborted);
    expect(left()).toBe('');

    const killed = start(run(join(temporaryFolder(), 'run'), 'floods.requests.duration=60s'));
    await killed.seen(/\bload: /);
    const namespace = left().split('\n')[0]?.replace('namespace/', '') ?? '';
    const LOOK = ['sh', '-c', "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"];
    const loads = () => cluster.kubectl('exec', '-n', namespace, 'client', '--', ...LOOK).includes('agent.js');
    expect(loads()).toBe(true);
    killed.child.kill('SIGSTOP');
    expect(await until(() => !loads(), 10)).toBe(true);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(left().split('\n').length).toBe(2);
    const { code, stderr } = await ctload('clean');
    expect([code, stderr.match(/removed namespace ctload-\w+(-reader)? of the cluster lab/g)?.length], stderr).toEqual([0, 2]);
    expect(left()).toBe('');
  });
});
