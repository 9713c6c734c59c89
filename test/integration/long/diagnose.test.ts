import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { IncidentDiagnosis } from '../../../src/model/result/diagnosis.ts';
import { until } from '../../../src/platform/clock.ts';
import { ctload, ROOT, temporaryFolder, unfit } from '../support/ctload.ts';
import { incident } from '../support/incidents.ts';
import { skipFor } from '../support/skip.ts';

const COLLECT =
  'cat /proc/net/stat/nf_conntrack /proc/net/snmp /proc/net/netstat /proc/net/sockstat; sysctl net.netfilter net.ipv4';
const SERVER = "require('node:net').createServer().listen(8080, () => console.log('up'))";
/** Holds what it gets, and logs what it does not, as programs do. */
const CLIENT = `const net = require('node:net');
for (let i = 0; i < 150; i++) net.connect(8080, '198.18.0.2').on('error', (error) => console.error(error.message));
setTimeout(() => console.log('up'), 1000); setTimeout(() => {}, 60000);`;

const certaintyOf = ({ findings }: IncidentDiagnosis, cause: string) => findings.find((one) => one.cause === cause)?.certainty;

describe('what the counters of a real incident say', skipFor(unfit), () => {
  it('of NAT without source ports: insertions failed, by races or for want of ports', async () => {
    const diagnose = await incident([
      ...['gateway.conntrack.method=ballast', 'gateway.conntrack.max=20000', 'gateway.snatPorts=100'],
      'floods={requests: {kind: long, protocol: tcp, destinations: 1, executor: constant-arrival-rate, rate: 100, duration: 3s, startTime: 2s, connectTimeout: 1500ms}}',
    ]);
    const gateway = await diagnose('gateway');
    expect(gateway.conclusion.kind).toBe('cannot-tell');
    expect(['likely', 'possible']).toContain(certaintyOf(gateway, 'snat-ports'));
    expect(['likely', 'possible']).toContain(certaintyOf(gateway, 'insert-races'));
    expect(certaintyOf(gateway, 'table-full')).not.toBe('certain');
    expect(gateway.findings.find(({ cause }) => cause === 'snat-ports')?.figures['insert_failed']?.rise).toBeGreaterThan(0);
  });

  it('of INVALID packets answered with resets, which the node and its pods count apart', async () => {
    const inject = `perl ${join(ROOT, 'test/integration/support/out-of-window.pl')} 8080 9 >/dev/null 2>&1 &`;
    const diagnose = await incident(
      [
        ...['gateway.conntrack.method=ballast', 'gateway.conntrack.max=20000', 'gateway.dataplane=nftables'],
        'gateway.masquerade=never', // else the gateway, whose address such a packet has, answers it
        'floods={requests: {kind: long, executor: constant-arrival-rate, rate: 50, duration: 3s, startTime: 2s, heartbeat: 300ms}}',
      ],
      (lab) => void lab.on('backend', inject),
    );
    const together = await diagnose('gateway', 'client');
    expect(together.conclusion).toMatchObject({ kind: 'not-the-table', causes: [] });
    expect(together.conclusion.text).toMatch(/Likely, but other explanations remain: packets that conntrack takes for INVALID/);
    expect(certaintyOf(together, 'invalid-resets')).toBe('likely');
    const figures = together.findings.find(({ cause }) => cause === 'invalid-resets')?.figures;
    // Every connection that got such a segment: its client answered one of no connection of its own, and lost it.
    for (const name of ['invalid', 'TcpOutRsts', 'TcpEstabResets']) expect(figures?.[name]?.rise, name).toBeGreaterThan(20);
    // The node itself sent and got no reset.
    expect(certaintyOf(await diagnose('gateway'), 'invalid-resets')).toBe('possible');
  });

  it('of local ports used up', async () => {
    const [client, server] = ['c', 's'].map((end) => `dg${process.pid}${end}`) as [string, string];
    const sh = (script: string) => execFileSync('sh', ['-ec', script], { encoding: 'utf8' });
    sh(`ip netns add ${client}; ip netns add ${server}; ip -n ${client} link add eth0 type veth peer name eth0 netns ${server}
      ip -n ${client} addr add 198.18.0.1/24 dev eth0; ip -n ${server} addr add 198.18.0.2/24 dev eth0
      ip -n ${client} link set eth0 up; ip -n ${server} link set eth0 up
      ip netns exec ${client} sysctl -qw net.ipv4.ip_local_port_range='40000 40099'`);
    onTestFinished(() => void sh(`ip netns del ${client}; ip netns del ${server}`));
    const folder = join(temporaryFolder(), 'client');
    mkdirSync(folder);
    const run = (netns: string, script: string) => {
      const stdio = ['ignore', 'pipe', openSync(join(folder, 'program.log'), 'a')] as const;
      const child = spawn('ip', ['netns', 'exec', netns, process.execPath, '-e', script], { stdio: [...stdio] });
      onTestFinished(() => void child.kill('SIGKILL'));
      let up = false;
      child.stdout?.on('data', () => {
        up = true;
      });
      return until(() => up, 10);
    };
    const collect = (name: string) =>
      writeFileSync(join(folder, name), sh(`ip netns exec ${client} sh -c '${COLLECT} 2>/dev/null'`));
    collect('before.txt');
    expect(await run(server, SERVER)).toBe(true);
    expect(await run(client, CLIENT)).toBe(true);
    collect('after.txt');
    const { stdout, stderr, code } = await ctload('diagnose', '--json', folder);
    expect(code, stderr).toBe(0);
    const diagnosis: IncidentDiagnosis = JSON.parse(stdout);
    expect(diagnosis.conclusion).toMatchObject({ kind: 'found', causes: ['local-ports'] });
    expect(certaintyOf(diagnosis, 'table-full')).toBe('no');
  });
});
