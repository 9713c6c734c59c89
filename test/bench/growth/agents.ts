import { machineFacts } from '../../../src/load/sizing/machine.ts';
import { planProcesses } from '../../../src/load/sizing/process-plan.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { runLab, type Site } from './lab-run.ts';
import type { Column, Row } from './table.ts';

export const AGENT_COUNTS = [2, 4, 8];

export const AGENT_COLUMNS: readonly Column[] = [
  { key: 'begunPerSecond', title: 'begun', unit: 'per-second', isCost: false },
  { key: 'lagMs', title: 'late (p99)', unit: 'milliseconds', isCost: false },
  { key: 'agentBytes', title: 'agents’ memory', unit: 'bytes', isCost: true },
  { key: 'mainBytes', title: 'ctload’s memory', unit: 'bytes', isCost: true },
  { key: 'startSeconds', title: 'start', unit: 'seconds', isCost: true },
  { key: 'teardownSeconds', title: 'teardown', unit: 'seconds', isCost: true },
];

const RATE = 5_000;
const SECONDS = 30; // 150,000 connections: enough for eight agents
const LIMIT_SECONDS = 60; // besides the time asked for

/** One rate, made by so many processes. */
export async function agentsRow(site: Site, agents: number): Promise<Row> {
  const timeouts = Array.from({ length: SECONDS }, (_, index) => index + 1);
  const timeout = timeouts.find((seconds) => plannedAgents(scenarioWith(seconds)) === agents);
  if (timeout === undefined) {
    return {
      quantity: agents,
      values: {},
      cannot: `no scenario of ${RATE}/s for ${SECONDS} s gets ${agents} here`,
    };
  }
  const run = await runLab(site, scenarioWith(timeout), SECONDS + LIMIT_SECONDS);
  if (typeof run === 'string') return { quantity: agents, values: {}, cannot: run };
  const { summary, agentBytes, mainBytes, startSeconds, teardownSeconds } = run;
  return {
    quantity: agents,
    values: {
      begunPerSecond: (summary.floods['dials']?.attempted ?? 0) / SECONDS,
      lagMs: summary.generator.scheduleLagP99Ms,
      agentBytes: Math.max(...agentBytes.map(({ bytes }) => bytes)),
      mainBytes,
      startSeconds,
      teardownSeconds,
    },
  };
}

function scenarioWith(connectTimeoutSeconds: number): string {
  return `version: 1
name: growth-agents
gateway:
  conntrack: {max: 262144}
floods:
  dials:
    kind: short
    protocol: tcp
    executor: constant-arrival-rate
    rate: ${RATE}
    duration: ${SECONDS}s
    connectTimeout: ${connectTimeoutSeconds}s
`;
}

function plannedAgents(text: string): number {
  return planProcesses(parseScenario(text, 'growth').scenario.floods, machineFacts()).agents;
}
