import type { GaugeRecord } from '../../../src/model/timeline/sample.ts';
import { runLab, type Site } from './lab-run.ts';
import type { Column, Row } from './table.ts';

export const CONNECTION_COUNTS = [1_000, 10_000, 50_000, 100_000, 250_000];

export const CONNECTION_COLUMNS: readonly Column[] = [
  { key: 'held', title: 'held', unit: 'count', isCost: false },
  { key: 'openedPerSecond', title: 'opened', unit: 'per-second', isCost: false },
  { key: 'agents', title: 'agents', unit: 'count', isCost: false },
  { key: 'agentBytes', title: 'agents’ memory', unit: 'bytes', isCost: true },
  { key: 'socketBytes', title: 'a socket’s', unit: 'bytes', isCost: false },
  { key: 'mainBytes', title: 'ctload’s memory', unit: 'bytes', isCost: true },
  { key: 'startSeconds', title: 'start', unit: 'seconds', isCost: true },
  { key: 'teardownSeconds', title: 'teardown', unit: 'seconds', isCost: true },
];

const RATE = 5_000; // opened a second
const HOLD_SECONDS = 3;
const LIMIT_SECONDS = 60; // besides the time asked for

/** WebSockets opened at a rate and held. */
export async function connectionsRow(site: Site, connections: number): Promise<Row> {
  const ramp = connections / RATE;
  const run = await runLab(
    site,
    `version: 1
name: growth-connections
gateway:
  conntrack: {max: ${Math.max(10_000, Math.round(connections * 1.2))}}
floods:
  sockets:
    kind: long
    executor: ramping-connections
    stages: [{duration: ${Math.round(ramp * 1000)}ms, target: ${connections}}, {duration: ${HOLD_SECONDS}s, target: ${connections}}]
    heartbeat: 30s
`,
    ramp + HOLD_SECONDS + LIMIT_SECONDS,
  );
  if (typeof run === 'string') return { quantity: connections, values: {}, cannot: run };
  const { mainBytes, startSeconds, teardownSeconds, agents, agentBytes, loadAt, summary, gauges } = run;
  const idle = agentBytes.findLast(({ at }) => at <= loadAt)?.bytes ?? 0;
  const most = Math.max(...agentBytes.map(({ bytes }) => bytes));
  const held = summary.floods['sockets']?.peakOpen ?? 0;
  return {
    quantity: connections,
    values: {
      held,
      openedPerSecond: openedPerSecond(gauges, connections),
      agents,
      agentBytes: most,
      socketBytes: held === 0 ? null : (most - idle) / held,
      mainBytes,
      startSeconds,
      teardownSeconds,
    },
  };
}

/** Null when they were never nearly all open. */
function openedPerSecond(gauges: readonly GaugeRecord[], target: number): number | null {
  const [from, to] = [0.05, 0.95].map((share) => gauges.find(({ open }) => open >= share * target));
  return from === undefined || to === undefined || to.t <= from.t ? null : (to.open - from.open) / (to.t - from.t);
}
