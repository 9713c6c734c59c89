import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { LISTEN, TARGETS } from '../../src/lab/addresses.ts';
import { type HostRole, namespaceName } from '../../src/lab/host/names.ts';
import { processesByNamespace } from '../../src/lab/host/processes.ts';
import { countEntries } from '../../src/lab/host/table.ts';
import { SYNTHETIC_MARK } from '../../src/model/node/ballast.ts';
import { monotonic, until } from '../../src/platform/clock.ts';
import { execute } from '../../src/platform/exec.ts';
import { LOW, LOWERED, limits, listTable, newRunId, serve, standLab, visit } from './standing-lab.ts';
import { traces, unfit } from './support/ctload.ts';
import { skipFileFor } from './support/skip.ts';

skipFileFor(unfit);

const ROLES: readonly HostRole[] = ['client', 'gateway', 'backend'];

test.each(['iptables', 'nftables'] as const)(
  '%s: connections pass the gateway, and only its table holds them',
  async (dataplane) => {
    const before = limits();
    const links = Object.keys(networkInterfaces());
    const runId = newRunId();
    {
      await using lab = await standLab({ runId, dataplane });
      expect(await entriesByRole(runId)).toEqual({ client: 0, gateway: 0, backend: 0 });
      await serve(lab.backend, 8080);
      await serve(lab.backend, 8009);
      const seen = await visit(lab.client, [...TARGETS.http, ...TARGETS.stale]);
      expect(new Set(seen.split('\n'))).toEqual(new Set(['198.19.0.1'])); // masqueraded
      expect(seen.split('\n')).toHaveLength(128);
      expect(await entriesByRole(runId)).toEqual({ client: 0, gateway: 128, backend: 0 });
      expect(Object.keys(networkInterfaces())).toEqual(links);
    }
    expect(traces(runId)).toEqual([]);
    expect(limits()).toEqual(before);
  },
);

test('stale connections end unnoticed by the gateway, others do not', async () => {
  const runId = newRunId();
  await using lab = await standLab({ runId });
  const servers = [await serve(lab.backend, 8009), await serve(lab.backend, 8080)];
  await visit(lab.client, [...TARGETS.stale.slice(0, 10), ...TARGETS.http.slice(0, 5)]);
  for (const server of servers) {
    server.end(); // its sockets are closed by the kernel
    await server.exited;
  }
  expect((await listTable(lab.gateway, '-p', 'tcp', '--state', 'ESTABLISHED')).match(/ASSURED/g)).toHaveLength(10);
  expect((await listTable(lab.gateway, '-p', 'tcp', '--state', 'CLOSE')).match(/ASSURED/g)).toHaveLength(5);
});

test('as many flows to one endpoint as 300,000 in all would put on each find a port every time', async () => {
  const runId = newRunId();
  const flows = Math.ceil(300_000 / TARGETS.stale.length);
  await using lab = await standLab({ runId });
  await serve(lab.backend, 8009);
  const target = TARGETS.stale[0];
  if (target === undefined) throw new Error('no target');
  // A local port each, as stale floods have it: one that the kernel hands out again would meet the forgotten connection.
  const script = `const net = require('net'); let started = 0, failed = 0;
    const next = () => { if (started < ${flows}) {
      const where = { host: '${target.address}', port: ${target.port}, localPort: ${TARGETS.stalePorts.first} + started++ };
      const socket = net.connect(where, () => socket.resetAndDestroy());
      socket.on('error', () => failed++).on('close', next); } };
    for (let i = 0; i < 50; i++) next();
    process.on('exit', () => console.log(failed));`;
  expect(await execute([process.execPath, '-e', script], { host: lab.client })).toBe('0');
  const statistics = await execute(['conntrack', '-S'], { host: lab.gateway });
  expect(statistics).not.toMatch(/(insert_failed|drop)=[1-9]/);
  expect((await entriesByRole(runId))['gateway']).toBe(flows);
});

test('timeouts, prefill and recorded settings are those in force', async () => {
  const runId = newRunId();
  await using lab = await standLab({ runId, prefill: 600, timeouts: { tcp_time_wait: 7, tcp_established: 3600 } });
  expect(lab.capacity).toMatchObject({ method: 'sysctl', ...LOWERED, ballast: 0, effectiveMax: LOW, prefilled: 600 });
  expect(lab.sysctls).toMatchObject({
    'net.netfilter.nf_conntrack_max': String(LOW),
    'net.netfilter.nf_conntrack_tcp_timeout_time_wait': '7',
    'net.netfilter.nf_conntrack_tcp_timeout_established': '3600',
    'net.ipv4.ip_local_port_range': '20000 65535',
  });
  expect(lab.synSchedule.slice(0, 2)).toEqual([0, 1]);
  expect(await entriesByRole(runId)).toEqual({ client: 0, gateway: 600, backend: 0 });
  const prefill = await listTable(lab.gateway, '-m', String(SYNTHETIC_MARK));
  expect(prefill.match(/ESTABLISHED.*\[ASSURED\] mark=\d{10}/g)).toHaveLength(600);
  expect(lab.listen).toEqual(LISTEN);
});

test('disposal ends what runs in the lab, in time, with thousands of open connections', async () => {
  const runId = newRunId();
  const lab = await standLab({ runId });
  const inodes = [lab.gatewayNetns];
  await serve(lab.backend, 8080);
  const client = lab.client.spawn([
    process.execPath,
    '-e',
    `const net = require('net'); let open = 0;
     const targets = ${JSON.stringify(TARGETS.http)};
     const next = () => { const { address, port } = targets[open % targets.length];
       net.connect(port, address, () => { if (++open === 8000) console.log('open'); if (open < 8000) next(); }).on('error', () => {}); };
     for (let i = 0; i < 20; i++) next();`,
  ]);
  const began = monotonic();
  await new Promise<void>((resolve) => client.onLine(() => resolve()));
  const opening = monotonic() - began;
  const sleeper = lab.gateway.spawn(['sleep', '1000']);
  const start = monotonic();
  await lab[Symbol.asyncDispose]();
  expect(monotonic() - start).toBeLessThan(2 + 2 * opening); // far less than a packet for each connection would take
  await Promise.all([client.exited, sleeper.exited]);
  expect(traces(runId)).toEqual([]);
  expect(await until(() => !inodes.some((inode) => processesByNamespace().has(inode)), 10)).toBe(true);
});

test('a lab that cannot be built, or is no longer wanted, leaves nothing', async () => {
  const before = limits();
  const runId = newRunId();
  const tooMuch = standLab({ runId, method: 'ballast', max: before.max + 1 });
  await expect(tooMuch).rejects.toMatchObject({
    exitCode: 112,
    message: expect.stringContaining(before.max.toLocaleString('en')),
  });
  const overfilled = standLab({ runId, prefill: LOW + 100 });
  await expect(overfilled).rejects.toMatchObject({ exitCode: 100, message: expect.stringContaining('prefill') });
  await expect(standLab({ runId, signal: AbortSignal.abort() })).rejects.toMatchObject({ exitCode: 105 });
  const unwanted = new AbortController();
  const half = standLab({ runId, method: 'ballast', max: 500, signal: unwanted.signal });
  half.catch(() => {}); // looked at below
  const filling = () =>
    countEntries(namespaceName(runId, 'gateway')).then(
      (entries) => entries > 1000,
      () => false,
    );
  expect(await until(filling, 60)).toBe(true);
  unwanted.abort(); // in the middle of the ballast
  await expect(half).rejects.toMatchObject({ exitCode: 105 });
  expect(traces(runId)).toEqual([]);
  expect(limits()).toEqual(before);
});

async function entriesByRole(runId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const role of ROLES) counts[role] = await countEntries(namespaceName(runId, role));
  return counts;
}
