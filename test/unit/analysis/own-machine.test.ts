import { describe, expect, it } from 'vitest';
import type { HostRecord, TimelineRecord } from '../../../src/model/timeline/sample.ts';
import { renderTerminal } from '../../../src/report/terminal/terminal.ts';
import { LATENCY, load, run } from '../../fixtures/run.ts';
import { summarize } from '../../fixtures/summary.ts';

/** The gateway's own machine, so busy throughout. */
function ownMachine(cpuShare: number): HostRecord[] {
  const shares = { cpuShare, softirqShare: 0.3, ctloadShare: 0.1, memoryShare: 0.25, memoryAvailableBytes: 7e8 };
  return Array.from({ length: 40 }, (_, index) => ({ type: 'host', machine: 'gateway', t: index / 4, ...shares }));
}

/** Attempts whose connection was there and whose answer never came: no table does that. */
const unanswered: TimelineRecord = load(3, { attempted: 0, failed: { 'response-timeout': 100 }, firstBadAt: 3 });

describe('a gateway on a machine of its own', () => {
  const summary = summarize([...run({ fullAt: 6.005 }), ...ownMachine(0.6)], LATENCY);

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
    const { verdict } = summarize([...run(), unanswered, ...ownMachine(1)], LATENCY);
    expect(verdict.validity).toBe('generator-bound');
    expect(verdict.reasons[0]).toMatch(
      /^The lab was the limit: the gateway's own machine was 100 % busy when 100 attempts failed/,
    );
    expect(summarize([...run(), unanswered, ...ownMachine(0.6)], LATENCY).verdict.validity).not.toBe('generator-bound');
  });
});
