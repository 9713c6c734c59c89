import { describe, expect, it } from 'vitest';
import type { HostMachines } from '../../../src/model/timeline/run.ts';
import type { HostRecord, TimelineRecord } from '../../../src/model/timeline/sample.ts';
import { renderTerminal } from '../../../src/report/terminal/terminal.ts';
import { LATENCY, load, run } from '../../fixtures/run.ts';
import { summarize } from '../../fixtures/summary.ts';

/** A guest with one CPU, so busy throughout. */
function guest(cpuShare: number): HostRecord[] {
  const shares = { cpuShare, softirqShare: 0.3, ctloadShare: 0.1, memoryShare: 0.25, memoryAvailableBytes: 7e8 };
  return Array.from({ length: 40 }, (_, index) => ({ type: 'host', machine: 'guest', t: index / 4, ...shares }));
}

/** The same run with hosts in that guest. */
function inGuest(hosts: readonly (keyof HostMachines)[], records: readonly TimelineRecord[]): TimelineRecord[] {
  const on = (host: keyof HostMachines) => (hosts.includes(host) ? 'guest' : 'main');
  const hostMachines = { client: on('client'), gateway: on('gateway'), backend: on('backend') };
  const facts = { kernel: '6.1.0', cpus: 1, memoryBytes: 1e9, bootId: 'b' };
  return records.map((record) =>
    record.type === 'meta'
      ? {
          ...record,
          environment: { ...record.environment, machines: { guest: facts } },
          lab: { ...record.lab, hostMachines },
        }
      : record,
  );
}

const gatewayInGuest = (records: readonly TimelineRecord[]) => inGuest(['gateway'], records);

/** Attempts whose connection was there and whose answer never came: no table does that. */
const unanswered: TimelineRecord = load(3, { attempted: 0, failed: { 'response-timeout': 100 }, firstBadAt: 3 });

describe('a gateway on a machine of its own', () => {
  const summary = summarize(gatewayInGuest([...run({ fullAt: 6.005 }), ...guest(0.6)]), LATENCY);

  it('has the CPU and memory of that machine, which are figures', () => {
    expect(summary.headroom).toMatchObject({
      gatewayCpuShareAtBreak: 0.6,
      gatewayCpuIsUpperBound: false,
      gatewayProbeCpuShareAtBreak: 0.1,
      gatewayMemoryShareAtBreak: 0.25,
      hostCpuShareAtBreak: 0.4,
    });
    expect(summary.metrics['gateway_cpu_share']?.values['avg']).toBeCloseTo(0.6);
    expect(renderTerminal(summary, { color: false, width: 100 }).replace(/\s+/g, ' ')).toContain(
      'gateway CPU 60 % of its own machine (of it at most 10 % to sample its table), memory 25 %: both look healthy (this machine: CPU 40 %;',
    );
  });

  it('was too slow itself where that machine had nothing left, however idle this one is', () => {
    const { verdict } = summarize(gatewayInGuest([...run(), unanswered, ...guest(1)]), LATENCY);
    expect(verdict.validity).toBe('generator-bound');
    expect(verdict.reasons[0]).toMatch(
      /^The lab was the limit: the gateway's own machine was 100 % busy when 100 attempts failed/,
    );
    expect(summarize(gatewayInGuest([...run(), unanswered, ...guest(0.6)]), LATENCY).verdict.validity).not.toBe(
      'generator-bound',
    );
  });
});

describe('a lab that is all on another machine', () => {
  it('has the CPU of that machine, of which the gateway’s is an upper bound', () => {
    const records = inGuest(['client', 'gateway', 'backend'], [...run({ fullAt: 6.005 }), ...guest(0.7)]);
    const { headroom } = summarize(records, LATENCY);
    expect(headroom).toMatchObject({
      gatewayCpuShareAtBreak: 0.3, // softirq
      gatewayCpuIsUpperBound: true,
      gatewayMemoryShareAtBreak: 0.25,
      hostCpuShareAtBreak: 0.7,
    });
  });

  it('is judged by the CPUs of that machine', () => {
    const overshooting = (records: readonly TimelineRecord[]) => summarize(records, LATENCY).verdict.kind;
    const two = run({ fullAt: 6.005, overshoot: 2 });
    expect(overshooting(two)).toBe('broke');
    expect(overshooting(gatewayInGuest(two))).not.toBe('broke'); // one CPU counts at most one entry too many
  });
});
