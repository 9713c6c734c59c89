import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { until } from '../../../src/platform/clock.ts';
import { type Ran, start } from './ctload.ts';
import { labOf, later } from './faults.ts';

/** A load whose figures are known: what `ctload plan --table` calls them. */
export interface KnownLoad {
  readonly rate: number;
  readonly leakRate: number;
  readonly closeWaitRate: number;
  readonly udpFlows: number;
  readonly halfOpenRate: number;
  readonly dnsFlows: number;
  readonly held: number;
}

export interface KnownLab {
  readonly load: KnownLoad;
  readonly max: number;
  readonly seconds: number;
  /** Where the run and its files go. */
  readonly folder: string;
  readonly flags?: readonly string[];
}

/** An address of the backend where nothing listens at port 53: the flows stay without an answer, and are DNS to a listing. */
const RESOLVER = '198.19.1.1';

function scenarioOf({ load, max, seconds }: KnownLab): string {
  const atRate = (rate: number) => `executor: constant-arrival-rate, rate: ${rate}, duration: ${seconds}s`;
  return `version: 1
name: known
gateway: {conntrack: {max: ${max}, method: sysctl}}
floods:
  requests: {kind: short, ${atRate(load.rate)}}
  sockets: {kind: long, executor: constant-connections, connections: ${load.held}, duration: ${seconds}s, heartbeat: 1s}
  leaked: {kind: stale, ${atRate(load.leakRate)}}
  waiting: {kind: short, ${atRate(load.closeWaitRate)}, close: half}
  datagrams: {kind: udp, ${atRate(load.udpFlows)}}
${load.halfOpenRate === 0 ? '' : `  syns: {kind: half-open, ${atRate(load.halfOpenRate)}}\n`}`;
}

/** A program that sends `rate` datagrams per second for `seconds`, each from a port of its own. */
function resolving(rate: number, seconds: number): string {
  return `const { createSocket } = require('node:dgram');
const started = Date.now();
let sent = 0;
setInterval(() => {
  for (; sent < ((Date.now() - started) * ${rate}) / 1000; sent++) {
    const socket = createSocket('udp4');
    socket.send('?', 53, '${RESOLVER}', () => socket.close());
  }
}, 20);
setTimeout(() => process.exit(), ${seconds * 1000});`;
}

/**
 * Runs the load, and lists the gateway's table by each of `commands` once it has what `after` seconds of load leave in it.
 * @returns the listings, in order, and how the run ended
 */
export async function listKnownLoad(
  lab: KnownLab,
  after: number,
  commands: readonly string[],
): Promise<Ran & { readonly listings: readonly string[] }> {
  const { load, folder, seconds, flags = [] } = lab;
  const program = join(folder, 'resolve.cjs');
  writeFileSync(program, resolving(load.dnsFlows, seconds));
  const scenario = join(folder, 'known.yaml');
  writeFileSync(scenario, scenarioOf(lab));
  const running = start(['run', scenario, '--driver', 'netns', '--output', join(folder, 'run'), ...flags]);
  await running.seen(/\d load: /);
  const standing = labOf(running.child.pid ?? 0);
  standing.on('client', later(0, `'${process.execPath}' '${program}'`));
  const { held, ...rates } = load;
  const enough = held + after * Object.values(rates).reduce((sum, rate) => sum + rate, 0);
  expect(await until(() => Number(standing.on('gateway', 'conntrack -C')) >= enough, 2 * seconds)).toBe(true);
  const listings = commands.map((command, index) => {
    const file = join(folder, `listing-${index}`);
    standing.on('gateway', `{ ${command}; } > '${file}' 2>/dev/null`);
    return file;
  });
  return { ...(await running.ended), listings };
}
